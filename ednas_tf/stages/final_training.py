"""The training stage: from `architecture.json` to `model.keras`."""

import hashlib
import time

from ednas_tf import callbacks, errors, runs, training
from ednas_tf.data import pipeline
from ednas_tf.networks import derived, transfer
from ednas_tf.spaces import architecture as architectures
from ednas_tf.stages import resuming


def read_architecture(config, run):
    """Returns the architecture of `--architecture`, or of the run folder."""
    path = config.train.architecture or run.path(runs.ARCHITECTURE)
    try:
        return architectures.from_json(runs.read_text(path))
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def run_stage(architecture, dataset, augmentation, config, run, searched=None):
    """Trains unless the run has done so, and returns the Keras model.

    Args:
        architecture: The `Architecture`.
        dataset: The `Dataset`.
        augmentation: The `Augmentation`.
        config: The `Config`.
        run: The `Run`.
        searched: Supernet to take the first weights from, or None.
    """
    _check_fits(architecture, dataset)
    digest = hashlib.sha256(architecture.to_json().encode()).hexdigest()
    flags = {**config.stages["train"], "architecture": digest}
    run.open("train", flags, config.run.overwrite)
    if run.has(runs.MODEL, runs.TRAIN):
        print(f"train: done before, {run.path(runs.MODEL)}")
        return load_model(run)
    network = derived.build_for_training(
        architecture, branches=config.train.reparameterize
    )
    if searched is not None:
        transfer.copy(searched, network)
    began = time.perf_counter()
    history = _fit(network, dataset, augmentation, config, run)
    model = derived.build(architecture)
    transfer.copy(network, model)
    run.write_with(runs.MODEL, model.save, size=4 * model.count_params())
    summary = {
        "epochs": config.train.train_epochs,
        "seconds": round(time.perf_counter() - began, 1),
        "seed": config.run.seed,
        "validation_accuracy": history.get("val_accuracy"),
        "loss": history.get("loss"),
        "params": model.count_params(),
        "versions": runs.versions(),
    }
    run.write_json(runs.TRAIN, summary)
    return model


def load_model(run):
    """Loads `model.keras`; raises `UserError` when it is missing or broken."""
    import keras  # Not at the top: `read_architecture` needs no TensorFlow.

    path = run.path(runs.MODEL)
    if not path.is_file():
        raise errors.UserError(
            f"Expected the model {path}, which is missing. Run "
            "`python -m ednas_tf.train` first."
        )
    try:
        return keras.saving.load_model(str(path), compile=False, safe_mode=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        first = str(error).strip().splitlines()[0]
        raise errors.UserError(
            f"The model {path} cannot be read: {first}"
        ) from error


def _fit(network, dataset, augmentation, config, run):
    """Trains the network and returns the figures of the last epoch."""
    batch, epochs = config.data.batch_size, config.train.train_epochs
    batches = pipeline.training(
        dataset.splits.train,
        dataset,
        augmentation,
        batch,
        seed=config.run.seed,
        first_epoch=resuming.first_epoch(run, runs.TRAIN_STATE),
    )
    steps = int(batches.cardinality())
    rate = training.learning_rate(
        config.train.learning_rate,
        batch,
        steps=epochs * steps,
        warmup_steps=min(5 * steps, epochs * steps // 10),
    )
    optimizer = training.weight_optimizer(
        rate, weight_decay=config.train.weight_decay
    )
    training.compile_classifier(
        network, optimizer, config.train.label_smoothing
    )
    validation = dataset.splits.validation
    history = network.fit(
        batches,
        epochs=epochs,
        validation_data=pipeline.evaluation(validation, dataset, batch)
        if len(validation)
        else None,
        shuffle=False,
        verbose=0,
        callbacks=callbacks.standard(run, "train", epochs, runs.TRAIN_HISTORY),
    )
    return {name: values[-1] for name, values in history.history.items()}


def _check_fits(architecture, dataset):
    fixed = architecture.skeleton
    expected = (tuple(fixed.input_shape), fixed.num_classes)
    received = (tuple(dataset.input_shape), dataset.num_classes)
    if expected != received:
        raise errors.UserError(
            f"The architecture is for images {expected[0]} and {expected[1]} "
            f"classes, the dataset {dataset.name} has {received[0]} and "
            f"{received[1]}. Choose another --dataset or --image_size."
        )
