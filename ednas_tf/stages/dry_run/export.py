"""What `export` would do."""

from ednas_tf import exporting, runs
from ednas_tf.data import pipeline
from ednas_tf.stages import exporting as stage
from ednas_tf.stages.dry_run import lines

_INTEGERS = {"int8", "int16x8"}
_BUNDLES = {"tidl": runs.TIDL, "micro": runs.MICRO}


def describe(architecture, dataset, config, run):
    """Returns the description as text; raises `UserError`.

    Args:
        architecture: The `Architecture`.
        dataset: The `Dataset`.
        config: The `Config`.
        run: The `Run`.
    """
    target = stage.check(architecture, dataset, config, run)
    values = config.stages["export"]
    found = run.look("export", values, config.run.overwrite)
    last = (runs.EXPORT,)
    return "\n".join(
        [
            lines.line("reads", run.path(runs.MODEL)),
            lines.network(architecture),
            *lines.data(dataset),
            *work(dataset, config),
            lines.line("rules", _rules(target)),
            lines.folder(run, "export", found, last, config.run.overwrite),
            lines.writes(files(config)),
        ]
    )


def work(dataset, config):
    """Yields the lines about the formats and what they need."""
    export = config.export
    inside = ", normalisation inside" if export.include_preprocessing else ""
    yield lines.line("formats", ", ".join(export.formats) + inside)
    if _INTEGERS & {*export.formats}:
        count = min(export.calibration_examples, len(dataset.splits.train))
        yield lines.line("calibrate", f"{count} training examples")
    yield from _trainings(dataset, config)


def files(config):
    """Returns the names of the files that an export writes."""
    export, chosen = config.export, config.optimize
    names = [exporting.FILES[name] for name in export.formats]
    if chosen.compress != "none":
        names.append(runs.COMPRESSED)
    if "int8" in export.formats:
        names.append(runs.QUANTIZATION)
    if config.data.task == "detection":
        names.append(runs.ANCHORS)
    if export.bundle in _BUNDLES:
        names.append(_BUNDLES[export.bundle])
    return [*names, runs.EXPORT]


def _trainings(dataset, config):
    """Yields a line for each further training."""
    chosen = config.optimize
    if not chosen.trains:
        return
    batch = config.data.batch_size
    steps = pipeline.count_steps(dataset.splits.train, batch)
    each = f"epochs of {steps} steps of {batch}"
    if chosen.compress != "none":
        yield lines.line(chosen.compress, f"{chosen.compress_epochs} {each}")
    if chosen.quantize == "qat" and "int8" in config.export.formats:
        yield lines.line("qat", f"{chosen.qat_epochs} {each}")


def _rules(target):
    if target is None or target.rules is None:
        return "none known for the device"
    return f"{target.rules} of {target.id}"
