"""Further training before the export: for small files, for small integers."""

import tensorflow as tf

from ednas_tf import criteria, data, runs
from ednas_tf.data import pipeline
from ednas_tf.exporting import compression


def check(dataset, config):
    """Raises `UserError` if there is too little to train on with.

    Args:
        dataset: The `Dataset`.
        config: The `Config`.
    """
    if config.optimize.trains:
        pipeline.count_steps(dataset.splits.train, config.data.batch_size)


class Optimizer:
    """Trains a network on as `--compress` and `--quantize` say.

    Args:
        architecture: The `Architecture`.
        prepared: The `Dataset` and the `Augmentation`.
        config: The `Config`.
        run: The `Run`, which keeps the states of both trainings until `finish`.
    """

    def __init__(self, architecture, prepared, config, run):
        self.prepared = prepared
        self.config = config
        self.run = run
        self.criterion = criteria.of(
            architecture.skeleton, config.train.label_smoothing
        )
        self.summary = {}

    def compressed(self, model):
        """Returns the Keras model as `--compress` leaves it, and keeps it."""
        chosen = self.config.optimize
        if chosen.compress == compression.NONE:
            return model
        # Not at the top: it loads a second Keras.
        from ednas_tf.exporting import optimization

        settings = self._settings(
            chosen.compress_epochs, chosen.compress_learning_rate
        )
        epochs = optimization.Epochs(
            self._num_steps(),
            lambda epoch: self._batches(False, epoch),
            optimization.States(self.run, "compress"),
        )
        found = optimization.compress(model, epochs, self.criterion, settings)
        size = runs.weights_size(model.weights)
        self.run.write_with(runs.COMPRESSED, found.model.save, size)
        self.summary["compress"] = found.summary
        share = found.summary["sparsity"]
        print(f"export: {chosen.compress}, {share:.1%} of the weights are zero")
        return found.model

    def files(self, model, calibration, raw):
        """Returns bytes of TFLite files by format, where training makes them.

        The integers learn to answer as the float network does.

        Args:
            model: The Keras model that is exported.
            calibration: Batches of examples as it takes them.
            raw: Whether it normalises by itself.
        """
        chosen, (dataset, _) = self.config.optimize, self.prepared
        if chosen.quantize != "qat" or "int8" not in self.config.export.formats:
            return {}
        from ednas_tf.exporting import optimization

        def batches(epoch):
            answered = self._batches(raw, epoch).map(
                lambda images, _: (images, model(images, training=False)),
                num_parallel_calls=tf.data.AUTOTUNE,
            )
            return answered.prefetch(tf.data.AUTOTUNE)

        found = optimization.quantize(
            model,
            optimization.Epochs(
                self._num_steps(),
                batches,
                optimization.States(self.run, "qat"),
            ),
            criteria.Imitation(dataset.task),
            self._settings(chosen.qat_epochs, chosen.qat_learning_rate),
            calibration,
            raw and dataset.kind == data.IMAGE,
        )
        self.summary["qat"] = found.summary
        return {"int8": found.content}

    def finish(self):
        """Deletes the states, of an export that is complete."""
        self.run.remove(runs.EXPORT_STATE)

    def _settings(self, epochs, rate):
        chosen = self.config.optimize
        return compression.Settings(
            epochs=epochs,
            learning_rate=rate,
            seed=self.config.run.seed,
            compress=chosen.compress,
            sparsity=chosen.sparsity,
            clusters=chosen.clusters,
        )

    def _num_steps(self):
        train = self.prepared[0].splits.train
        return pipeline.count_steps(train, self.config.data.batch_size)

    def _batches(self, raw, epoch):
        """Returns training batches from an epoch on.

        Args:
            raw: Whether examples are as they come, or normalised.
            epoch: Number of the epoch.
        """
        dataset, augmentation = self.prepared
        batches = pipeline.training(
            dataset.splits.train,
            dataset,
            augmentation,
            self.config.data.batch_size,
            seed=self.config.run.seed,
            position=pipeline.Position(epoch),
        )
        if not raw:
            return batches
        mean, std = (tf.constant(v) for v in (dataset.mean, dataset.std))
        return batches.map(lambda images, labels: (images * std + mean, labels))
