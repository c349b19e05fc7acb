"""The export stage: from `model.keras` to files for devices."""

from ednas_tf import errors, exporting, hardware, runs, versions
from ednas_tf.exporting import deployment, legalisation, preprocessing
from ednas_tf.stages import (
    bundling,
    export_inputs,
    optimizing,
    reports,
    resuming,
)
from ednas_tf.stages import prices as pricing
from ednas_tf.stages import problem as problems


def run_stage(architecture, model, prepared, config, run):
    """Writes the formats of `--formats` unless the run has done so.

    Args:
        architecture: The `Architecture` of the model.
        model: The Keras model of `model.keras`.
        prepared: The `Dataset` and the `Augmentation`.
        config: The `Config`.
        run: The `Run`.

    Raises:
        UserError: With `--strict`, if the device refuses the network; the
            files are written all the same. So if nothing could be checked.
    """
    # Before the folder is claimed, which deletes what an export left there.
    target = check(architecture, prepared[0], config, run)
    run.open("export", config.stages["export"], config.run.overwrite)
    if run.has(runs.EXPORT):
        exporting.artifacts(run)
        bundling.check_written(config.export, run)
        reports.check_written(exporting.recorded(run), run)
        run.remove(runs.EXPORT_STATE)
        print(f"export: done before, {run.path(runs.EXPORT)}")
        found = exporting.recorded(run).get("deployment", {})
    else:
        network = architecture, model, prepared
        found = _export(network, config, run, target)
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


def check(architecture, dataset, config, run):
    """Raises `UserError` for what can be known before the export.

    Returns:
        The `Target` to export for, or None where nobody knows it.
    """
    problems.check_fits(architecture.skeleton, dataset)
    target = _target(config.device, run)
    bundling.check(config.export, target)
    optimizing.check(dataset, config)
    return target


def _export(network, config, run, target):
    """Writes all files and returns what the deployment rules found."""
    architecture, model, prepared = network
    dataset, _ = prepared
    runs.set_seed(config.run.seed, config.run.deterministic)
    inputs = export_inputs.Inputs(dataset, config.export)
    optimizer = optimizing.Optimizer(architecture, prepared, config, run)
    largest = target.max_depthwise_kernel if target else None
    model = legalisation.legalise(optimizer.compressed(model), largest)
    if inputs.raw:
        model = preprocessing.include(model, dataset.mean, dataset.std)
    images = inputs.calibration()
    content = exporting.export_all(
        model,
        config.export.formats,
        run,
        images,
        exporting.describe(dataset, inputs.preprocessing),
        given=optimizer.files(model, images, inputs.raw),
    )
    content |= reports.quantization(model, content, images, run)
    content |= reports.anchors(architecture.skeleton, run)
    found = _deployment(target, content, run, images[0])
    content |= bundling.write(
        inputs, content, config.export, run, (target, found)
    )
    run.write_json(
        runs.EXPORT,
        {
            **content,
            "optimization": optimizer.summary,
            "deployment": found,
            "versions": versions.installed(),
        },
    )
    optimizer.finish()
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
