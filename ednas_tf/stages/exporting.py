"""The export stage: from `model.keras` to files for devices."""

import numpy as np

from ednas_tf import exporting, runs
from ednas_tf.data import pipeline
from ednas_tf.stages import problem as problems

_CALIBRATION_BATCH = 100


def run_stage(model, dataset, config, run):
    """Writes the formats of `--formats` unless the run has done so."""
    problems.check_fits(
        "model", model.input_shape[1:], model.output_shape[-1], dataset
    )
    run.open("export", config.stages["export"], config.run.overwrite)
    if run.has(runs.EXPORT):
        exporting.artifacts(run)
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
    """Returns batches of normalised images of the training split.

    They are taken at equal distances: the images of a folder stand class by
    class.
    """
    train = dataset.splits.train
    count = min(examples, len(train))
    chosen = train.take(np.linspace(0, len(train) - 1, count).astype(int))
    batches = pipeline.evaluation(chosen, dataset, _CALIBRATION_BATCH)
    return [images.numpy() for images, _ in batches]
