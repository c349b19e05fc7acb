"""Further training before the export: for small files, for small integers."""

import tensorflow as tf

from ednas_tf import criteria, data
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
    """

    def __init__(self, architecture, prepared, config):
        self.prepared = prepared
        self.config = config
        self.criterion = criteria.of(
            architecture.skeleton, config.train.label_smoothing
        )
        self.summary = {}

    def compressed(self, model):
        """Returns the Keras model as `--compress` leaves it."""
        chosen = self.config.optimize
        if chosen.compress == compression.NONE:
            return model
        # Not at the top: it loads a second Keras.
        from ednas_tf.exporting import optimization

        settings = self._settings(
            chosen.compress_epochs, chosen.compress_learning_rate
        )
        found = optimization.compress(
            model, self._batches(raw=False), self.criterion, settings
        )
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

        batches = self._batches(raw).map(
            lambda images, _: (images, model(images, training=False)),
            num_parallel_calls=tf.data.AUTOTUNE,
        )
        found = optimization.quantize(
            model,
            batches.prefetch(tf.data.AUTOTUNE),
            criteria.Imitation(dataset.task),
            self._settings(chosen.qat_epochs, chosen.qat_learning_rate),
            calibration,
            raw and dataset.kind == data.IMAGE,
        )
        self.summary["qat"] = found.summary
        return {"int8": found.content}

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

    def _batches(self, raw):
        """Returns training batches of examples, normalised or as they come."""
        dataset, augmentation = self.prepared
        batches = pipeline.training(
            dataset.splits.train,
            dataset,
            augmentation,
            self.config.data.batch_size,
            seed=self.config.run.seed,
        )
        if not raw:
            return batches
        mean, std = (tf.constant(v) for v in (dataset.mean, dataset.std))
        return batches.map(lambda images, labels: (images * std + mean, labels))
