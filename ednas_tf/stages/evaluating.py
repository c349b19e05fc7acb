"""The evaluation stage: every artifact on the whole test split."""

import functools
import pathlib

from ednas_tf import (
    criteria,
    data,
    evaluation,
    exporting,
    hardware,
    runs,
    tasks,
)
from ednas_tf.data import pipeline
from ednas_tf.detection import pictures, suppression
from ednas_tf.exporting import legalisation
from ednas_tf.exporting.simulation import fixed_point
from ednas_tf.exporting.tflite_metadata import INSIDE
from ednas_tf.spaces import operators
from ednas_tf.stages import export_inputs, final_training, problem

_BATCH = 250
_SHOWN = 6
_BITS_OF_A_BIAS = 32
_SIMULATED_ON = "tda2"


def run_stage(architecture, dataset, config, run):
    """Measures all artifacts and writes `metrics.json`."""
    fixed = architecture.skeleton
    problem.check_fits(fixed, dataset)
    rows = operators.architecture_operators(architecture)
    counts = operators.totals(rows)
    subjects = {**_files(run), **_simulated(rows, dataset, config, run)}
    anchors = criteria.grid(fixed)
    metrics = evaluation.evaluate(
        subjects,
        functools.partial(_batches, dataset),
        functools.partial(
            evaluation.tally, dataset.task, dataset.num_classes, anchors
        ),
        counts,
    )
    run.open("evaluate", config.stages["evaluate"], overwrite=True)
    run.write_json(runs.METRICS, metrics.to_dict())
    for name, row in metrics.artifacts.items():
        print(_line(name, row, dataset.task))
    if dataset.task == tasks.DETECTION and dataset.kind == data.IMAGE:
        _draw(subjects[runs.MODEL].runner, anchors, dataset, run)
    return metrics


def _files(run):
    """Returns the `Subject` of the Keras file and of each artifact, by name."""
    paths, raw = {runs.MODEL: run.path(runs.MODEL)}, False
    if run.has(runs.EXPORT):
        paths |= exporting.artifacts(run)
        raw = exporting.recorded(run).get("preprocessing") == INSIDE
    return {
        name: _subject(path, raw and name != runs.MODEL)
        for name, path in paths.items()
    }


def _subject(path, raw):
    runner = evaluation.open_artifact(path)
    size = evaluation.size_of(pathlib.Path(path))
    return evaluation.Subject(runner, size, raw)


def _simulated(rows, dataset, config, run):
    """Returns the network in the arithmetic of `--simulate`, by its name."""
    if config.evaluate.simulate == "none":
        return {}
    bits = config.evaluate.simulated_weight_bits
    # As the tool gets it.
    largest = hardware.targets.load(_SIMULATED_ON).max_depthwise_kernel
    exported = runs.COMPRESSED if run.has(runs.COMPRESSED) else runs.MODEL
    model = final_training.load_model(run, exported)
    model = legalisation.legalise(model, largest)
    inputs = export_inputs.Inputs(dataset, config.export)
    runner = fixed_point.simulate(model, inputs.normalized(), bits)
    weights = sum(row.weights for row in rows)
    biases = sum(row.biases for row in rows)
    size = -(-(weights * bits + biases * _BITS_OF_A_BIAS) // 8)
    name = f"simulated_{config.evaluate.simulate}_{bits}bit"
    return {name: evaluation.Subject(runner, size, timed=False)}


def _batches(dataset, raw):
    return pipeline.evaluation(
        dataset.splits.test, dataset, _BATCH, normalized=not raw
    ).as_numpy_iterator()


def _line(name, row, task):
    headline = tasks.HEADLINES[task]
    time_us = row["latency_us"]
    here = "" if time_us is None else f", {time_us:,.0f} us here"
    return (
        f"evaluate: {name:<20} {headline.replace('_', ' ')} "
        f"{row[headline]:.4f} on {row['examples']} examples, agreement "
        f"{row['agreement']:.4f}, {row['bytes']:,} bytes{here}"
    )


def _draw(runner, anchors, dataset, run):
    """Draws what is found in a few test images."""
    some = dataset.splits.test.take(slice(0, _SHOWN))
    images, _ = next(iter(pipeline.evaluation(some, dataset, _SHOWN)))
    outputs = runner.predict(images)
    found = suppression.detections(outputs["boxes"], outputs["scores"], anchors)
    sheet = pictures.sheet(some.images, found, some.labels, dataset.classes)
    run.write_with(runs.DETECTIONS, sheet.save)
    print(f"evaluate: {run.path(runs.DETECTIONS)}")
