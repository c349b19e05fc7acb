"""The evaluation stage: every artifact on the whole test split."""

import dataclasses
import functools
import pathlib

from ednas_tf import (
    callbacks,
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
from ednas_tf.evaluation import thumbnails
from ednas_tf.exporting import legalisation
from ednas_tf.exporting.simulation import fixed_point
from ednas_tf.exporting.tflite_metadata import INSIDE
from ednas_tf.spaces import operators
from ednas_tf.stages import export_inputs, final_training, problem

_BATCH = 250
_SHOWN = 6
_BITS_OF_A_BIAS = 32
_SIMULATED_ON = "tda2"
_MISTAKES_SCHEMA = "ednas-mistakes/1"
_SHIPPED = (
    runs.TFLITE_FILES["int8"],
    runs.TFLITE_FILES["float"],
    runs.MODEL,
)
"""Artifacts whose mistakes are shown: of the first that there is."""


def run_stage(architecture, dataset, config, run):
    """Measures all artifacts and writes `metrics.json`, and what is beside it.

    Raises:
        UserError: If the flags cut the data as no other stage of the run did,
            before anything is measured.
    """
    flags = config.stages["evaluate"]
    if run.check("evaluate", flags):
        print(
            f"evaluate: {run.path(runs.METRICS)} has the same flags; measuring "
            "again"
        )
    fixed = architecture.skeleton
    problem.check_fits(fixed, dataset)
    rows = operators.architecture_operators(architecture)
    subjects = {**_files(run), **_simulated(rows, dataset, config, run)}
    anchors = criteria.grid(fixed)
    metrics = evaluation.evaluate(
        subjects,
        functools.partial(_batches, dataset),
        functools.partial(
            evaluation.tally, dataset.task, dataset.num_classes, anchors
        ),
        operators.totals(rows),
    )
    written = [runs.METRICS, *_write_confusions(metrics, dataset, run)]
    if dataset.task == tasks.DETECTION and dataset.kind == data.IMAGE:
        written += _draw(subjects[runs.MODEL].runner, anchors, dataset, run)
    run.write_json(runs.METRICS, metrics.to_dict())
    run.replaced("evaluate", flags, written)
    callbacks.record(run)
    for name, row in metrics.artifacts.items():
        print(_line(name, row, dataset.task))
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
    # Without its JSON an export is not complete, nor are its files.
    compressed = run.has(runs.EXPORT, runs.COMPRESSED)
    exported = runs.COMPRESSED if compressed else runs.MODEL
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


def _write_confusions(metrics, dataset, run):
    """Writes what is taken for what, if an example has one class.

    Classes are numbers in both files; `mistakes.json` has their names.

    Returns:
        Names of the files.
    """
    confusions = metrics.confusions
    if not confusions:
        return []
    counts = [
        {
            "artifact": name,
            "label": label,
            "predicted": predicted,
            "count": count,
        }
        for name, confusion in confusions.items()
        for (label, predicted), count in sorted(confusion.counts.items())
    ]
    run.write_rows(runs.CONFUSION, counts)
    shown = next(name for name in _SHIPPED if name in confusions)
    content = {
        "schema": _MISTAKES_SCHEMA,
        "artifact": shown,
        "classes": list(dataset.classes),
        "mistakes": _pictured(confusions[shown].worst, dataset),
    }
    run.write_json(runs.MISTAKES, content)
    return [runs.CONFUSION, runs.MISTAKES]


def _pictured(mistakes, dataset):
    """Returns mistakes as values that `json` can write, with their images."""
    images = dataset.splits.test.images
    return [
        {
            **dataclasses.asdict(mistake),
            "image": thumbnails.data_uri(images[mistake.index]),
        }
        for mistake in mistakes
    ]


def _draw(runner, anchors, dataset, run):
    """Draws what is found in a few test images, and returns the file's name."""
    some = dataset.splits.test.take(slice(0, _SHOWN))
    images, _ = next(iter(pipeline.evaluation(some, dataset, _SHOWN)))
    outputs = runner.predict(images)
    found = suppression.detections(outputs["boxes"], outputs["scores"], anchors)
    sheet = pictures.sheet(some.images, found, some.labels, dataset.classes)
    run.write_with(runs.DETECTIONS, sheet.save)
    print(f"evaluate: {run.path(runs.DETECTIONS)}")
    return [runs.DETECTIONS]
