"""The training stage: from `architecture.json` to `model.keras`."""

import hashlib

from ednas_tf import callbacks, criteria, errors, runs, training, versions
from ednas_tf.data import pipeline
from ednas_tf.networks import branch_ranges, derived, transfer
from ednas_tf.stages import fitting, resuming
from ednas_tf.stages import problem as problems
from ednas_tf.untrusted import keras_archive

_WARMUP_EPOCHS = 5


def read_architecture(config, run):
    """Returns the architecture of `--architecture`, or of the run folder."""
    path = config.train.architecture or run.path(runs.ARCHITECTURE)
    if not config.train.architecture and not run.has(runs.ARCHITECTURE):
        raise errors.UserError(
            f"Expected the file {path}, which is missing. Run "
            "`python -m ednas_tf.search` first, or give --architecture."
        )
    return resuming.read_architecture(path)


def run_stage(architecture, dataset, augmentation, config, run, searched=None):
    """Trains unless the run has done so, and returns the Keras model.

    Args:
        architecture: The `Architecture`.
        dataset: The `Dataset`.
        augmentation: The `Augmentation`.
        config: The `Config`.
        run: The `Run`.
        searched: Function that returns the supernet to take the first weights
            from and the `Removal` of channels, or None.
    """
    overwrite = config.run.overwrite
    flags = check(architecture, dataset, config, run)
    run.look("train", flags, overwrite)
    if run.has(runs.MODEL, runs.TRAIN) and not overwrite:
        run.open("train", flags)
        run.remove(runs.TRAIN_STATE)  # A kill may have left it.
        print(f"train: done before, {run.path(runs.MODEL)}")
        return load_model(run)
    # Before the folder is claimed, which may delete what was trained.
    network = _begun(architecture, config, searched)
    run.open("train", flags, overwrite)
    run.write_text(runs.FLAGS, config.flag_lines)
    smoothing = config.train.label_smoothing
    criterion = criteria.of(architecture.skeleton, smoothing)
    _fit(network, criterion, (dataset, augmentation), config, run)
    return _write(network, architecture, config, run)


def _begun(architecture, config, searched):
    """Returns the network with the weights that its training begins with."""
    runs.set_seed(config.run.seed, config.run.deterministic)
    network = _build(architecture, config.train.reparameterize)
    if searched is not None:
        supernet, removed = searched()
        transfer.copy(supernet, network, removed)
    return network


def check(architecture, dataset, config, run):
    """Raises `UserError` for what can be known before the training.

    Returns:
        Values by name that the trained network depends on.
    """
    problems.check_fits(architecture.skeleton, dataset)
    pipeline.count_steps(dataset.splits.train, config.data.batch_size)
    _check_only(architecture, run)
    digest = hashlib.sha256(architecture.to_json().encode()).hexdigest()
    return {**config.stages["train"], "architecture": digest}


def _write(network, architecture, config, run):
    """Writes what was trained, as one convolution per slot, and returns it."""
    if config.train.reparameterize:
        run.write_rows(runs.REPARAMETERIZATION, branch_ranges.measure(network))
    model = derived.build(architecture)
    transfer.copy(network, model)
    run.write_with(
        runs.MODEL, model.save, size=runs.weights_size(model.weights)
    )
    # Enough for `export` and `evaluate` where the search was elsewhere.
    run.write_text(runs.ARCHITECTURE, architecture.to_json())
    run.write_json(runs.TRAIN, _summary(run, model, config))
    run.remove(runs.TRAIN_STATE)
    return model


def _summary(run, model, config):
    """Returns what `train.json` holds."""
    last = run.read_rows(runs.TRAIN_HISTORY)[-1]
    return {
        "epochs": config.train.train_epochs,
        "seconds": run.seconds(runs.TRAIN_HISTORY),
        "seed": config.run.seed,
        **{
            name: float(last[name])
            for name in callbacks.FIGURES
            if last.get(name)
        },
        "params": model.count_params(),
        "versions": versions.installed(),
    }


def _build(architecture, branches):
    try:
        return derived.build_for_training(architecture, branches=branches)
    # Keras refuses two layers of one name, as odd names of blocks make them.
    except ValueError as error:
        raise errors.UserError(
            f"The architecture cannot be built: {errors.first_line(error)}"
        ) from error


def load_model(run, name=runs.MODEL):
    """Loads `model.keras`; raises `UserError` when it is missing or broken.

    Args:
        run: The `Run`.
        name: Another Keras file of the run.
    """
    import keras  # Not at the top: `read_architecture` needs no TensorFlow.

    path = run.path(name)
    if not path.is_file():
        raise errors.UserError(
            f"Expected the model {path}, which is missing. Run "
            "`python -m ednas_tf.train` first."
        )
    try:
        keras_archive.check(path)
        return keras.saving.load_model(str(path), compile=False, safe_mode=True)
    # Keras reads this file; what it raises on a broken one is open.
    except Exception as error:
        raise errors.UserError(
            f"The model {path} cannot be read: {errors.first_line(error)}. "
            "Train again with --overwrite."
        ) from error


def _fit(network, criterion, prepared, config, run):
    """Trains the network, from the last good state if there is one."""
    dataset, augmentation = prepared
    epochs = config.train.train_epochs
    examples = dataset.splits.train
    steps = len(examples) // config.data.batch_size
    optimizer = training.scheduled_optimizer(
        config.train.learning_rate,
        config.data.batch_size,
        epochs=epochs,
        steps=steps,
        warmup=_WARMUP_EPOCHS,
        decay=config.train.weight_decay,
    )
    training.compile_network(network, optimizer, criterion)
    place = resuming.restore(network, run, runs.TRAIN_STATE)

    def batches(position):
        return pipeline.training(
            examples,
            dataset,
            augmentation,
            config.data.batch_size,
            seed=config.run.seed,
            position=position,
        )

    def watchers(place):
        return callbacks.standard(
            run, "train", epochs, place, config.run.profile
        )

    validation = problems.validation(dataset, config)
    plan = fitting.Training(batches, validation, watchers)
    fitting.fit(network, plan, place, epochs)


def _check_only(architecture, run):
    """Raises `UserError` if the folder belongs to another architecture."""
    path = run.path(runs.ARCHITECTURE)
    if not run.has(runs.ARCHITECTURE):
        return
    if resuming.read_architecture(path).to_json() != architecture.to_json():
        raise errors.UserError(
            f"Expected the architecture of {path}. Received another by "
            "--architecture; choose another --workdir."
        )
