"""The export stage: from `model.keras` to files for devices."""

import json

import numpy as np

from ednas_tf import errors, exporting, hardware, runs
from ednas_tf.data import pipeline
from ednas_tf.exporting import deployment, legalisation, tidl_bundle
from ednas_tf.stages import prices as pricing
from ednas_tf.stages import problem as problems
from ednas_tf.stages import resuming

_CALIBRATION_BATCH = 100


def run_stage(model, dataset, config, run):
    """Writes the formats of `--formats` unless the run has done so.

    Raises:
        UserError: With `--strict`, if the device refuses the network; the
            files are written all the same. So if nothing could be checked.
    """
    problems.check_fits(
        "model", model.input_shape[1:], model.output_shape[-1], dataset
    )
    target = _target(config.device, run)
    problems.check_bundle(config.export, target)
    run.open("export", config.stages["export"], config.run.overwrite)
    if run.has(runs.EXPORT):
        exporting.artifacts(run)
        print(f"export: done before, {run.path(runs.EXPORT)}")
        found = _recorded(run)
    else:
        found = _export(model, dataset, config, run, target)
    _tell(found)
    if config.export.strict and found.get("offences"):
        raise errors.UserError(
            f"{target.id} refuses the network: {len(found['offences'])} "
            f"offences, listed above and in {run.path(runs.EXPORT)}."
        )
    if config.export.strict and not found.get("checked", True):
        raise errors.UserError(
            f"Expected a file that the rules of {target.id} can check, for "
            f"--strict. Received: {found['note']}"
        )


def _export(model, dataset, config, run, target):
    """Writes all files and returns what the deployment rules found."""
    largest = target.max_depthwise_kernel if target else None
    calibration = _chosen(dataset, config.export.calibration_examples)
    batches = pipeline.evaluation(calibration, dataset, _CALIBRATION_BATCH)
    images = [images.numpy() for images, _ in batches]
    content = exporting.export_all(
        legalisation.legalise(model, largest),
        config.export.formats,
        run,
        images,
        exporting.describe(dataset),
    )
    found = _deployment(target, content, run, images[0])
    if config.export.bundle == "tidl":
        _write_bundle(run, dataset, calibration.images, (target, found))
    run.write_json(
        runs.EXPORT,
        {**content, "deployment": found, "versions": runs.versions()},
    )
    for name, entry in content["artifacts"].items():
        print(f"export: {run.path(name)} ({entry['bytes']:,} bytes)")
    return found


def _deployment(target, content, run, images):
    """Returns what the target's rules find in the files; empty without."""
    if target is None or target.rules is None:
        return {}
    files = {
        entry["format"]: run.path(name)
        for name, entry in content["artifacts"].items()
    }
    found = deployment.check_files(
        target.rules,
        files,
        images=images,
        ram_kib=target.ram_kib,
        flash_kib=target.flash_kib,
    )
    return {"target": target.id, **found}


def _tell(found):
    """Prints the verdict of the device's rules, a line for each offence."""
    if not found:
        return
    count = len(found["offences"])
    verdict = f"{count} offences" if found["checked"] else found["note"]
    arena = found.get("arena_bytes")
    told = f", arena {arena:,} bytes" if arena else ""
    print(f"export: {found['target']}, rules {found['rules']}: {verdict}{told}")
    for offence in found["offences"]:
        print(f"export: offence: {_line(offence)}")
    cautions = found.get("cautions")
    if cautions:
        print(
            f"export: {len(cautions)} cautions in {runs.EXPORT}, as: "
            f"{_line(cautions[0])}"
        )


def _line(offence):
    return f"{offence['operator']}: {offence['reason']} {offence['way_out']}"


def _write_bundle(run, dataset, frames, verdict):
    target, found = verdict
    network = tidl_bundle.Network(
        dataset.name.replace(":", "_").replace("/", "_"),
        tuple(map(float, dataset.mean)),
        tuple(map(float, dataset.std)),
        core=(target.core if target else None) or "c66x",
    )
    model_path = run.path(runs.TFLITE_FILES[problems.BUNDLED])
    run.write_with(
        runs.TIDL,
        lambda folder: tidl_bundle.write(
            folder, model_path, network, frames, found
        ),
        size=frames.nbytes,
    )
    print(f"export: {run.path(runs.TIDL)}")


def _target(device, run):
    """Returns the `Target` to export for, or None where nobody knows it.

    It is the one of `--target`, else the one that the search was for.
    """
    if device.target is not None or not run.has(runs.ARCHITECTURE):
        return pricing.load_target(device)
    found = resuming.read_architecture(run.path(runs.ARCHITECTURE))
    if found.target not in hardware.targets.names():
        return None
    return pricing.load_target(device, found.target, found.core)


def _recorded(run):
    """Returns the verdict that an earlier export wrote down."""
    try:
        return json.loads(run.read_text(runs.EXPORT)).get("deployment", {})
    except ValueError as error:
        raise errors.UserError(
            f"{run.path(runs.EXPORT)} is not what an export writes: {error!r}. "
            "Run the export again with --overwrite."
        ) from error


def _chosen(dataset, examples):
    """Returns `Examples` of the training split for calibration.

    They are taken at equal distances: the images of a folder stand class by
    class.
    """
    train = dataset.splits.train
    count = min(examples, len(train))
    return train.take(np.linspace(0, len(train) - 1, count).astype(int))
