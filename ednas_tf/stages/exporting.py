"""The export stage: from `model.keras` to files for devices."""

from ednas_tf import exporting, runs
from ednas_tf.data import pipeline

_CALIBRATION_BATCH = 100


def run_stage(model, dataset, config, run):
    """Writes the formats of `--formats` unless the run has done so."""
    run.open("export", config.stages["export"], config.run.overwrite)
    if run.has(runs.EXPORT):
        print(f"export: done before, {run.path(runs.EXPORT)}")
        return
    calibration = _calibration(dataset, config.export.calibration_examples)
    content = exporting.export_all(
        model,
        config.export.formats,
        run,
        calibration,
        exporting.describe(dataset),
    )
    run.write_json(runs.EXPORT, {**content, "versions": runs.versions()})
    for name, entry in content["artifacts"].items():
        print(f"export: {run.path(name)} ({entry['bytes']:,} bytes)")


def _calibration(dataset, examples):
    """Returns batches of normalised images of the training split."""
    chosen = dataset.splits.train.take(slice(0, examples))
    batches = pipeline.evaluation(chosen, dataset, _CALIBRATION_BATCH)
    return [images.numpy() for images, _ in batches]
