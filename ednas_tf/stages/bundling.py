"""Folders for the tools that bring a network onto a device."""

from ednas_tf import data, errors, runs
from ednas_tf.exporting import tidl_bundle
from ednas_tf.exporting.micro import bundle

FORMATS = {"tidl": "float", "micro": "int8"}
"""The format that each bundle is made of."""
_FOLDERS = {"tidl": runs.TIDL, "micro": runs.MICRO}
_RULES = "tidl"


def check(export, target):
    """Raises `UserError` if `--bundle` cannot be written.

    Args:
        export: The `ExportConfig`.
        target: The `Target`, or None where nobody knows it.
    """
    if export.bundle == "none":
        return
    needed = FORMATS[export.bundle]
    if needed not in export.formats:
        raise errors.UserError(
            f"Expected {needed} among --formats for --bundle={export.bundle}. "
            f"Received: {','.join(export.formats)}"
        )
    if export.bundle != "tidl":
        return
    if export.include_preprocessing:
        raise errors.UserError(
            "Expected no --include_preprocessing for --bundle=tidl: its tool "
            "normalises by numbers of its own. Remove one of the two."
        )
    if target and not (target.rules or _RULES).startswith(_RULES):
        raise errors.UserError(
            f"Expected a --target of Texas Instruments for --bundle="
            f"{export.bundle}. Received: {target.id}"
        )


def check_data(export, dataset):
    """Raises `UserError` if the data cannot be put into `--bundle`."""
    if export.bundle == "tidl" and dataset.kind != data.IMAGE:
        raise errors.UserError(
            f"Expected images for --bundle={export.bundle}: its tool "
            f"calibrates with bytes. Received: '{dataset.name}'. Remove the "
            "flag."
        )


def check_written(export, run):
    """Raises `UserError` if the folder of `--bundle` is gone.

    Args:
        export: The `ExportConfig`.
        run: The `Run` that an export is complete in.
    """
    name = _FOLDERS.get(export.bundle)
    if name and not run.has(name):
        raise errors.UserError(
            f"Expected the folder {run.path(name)} of --bundle="
            f"{export.bundle}, which is missing. Run the export again with "
            "--overwrite."
        )


def write(inputs, content, export, run, verdict):
    """Writes the folder of `--bundle`, if any.

    Args:
        inputs: The `Inputs`.
        content: What `export.json` holds so far.
        export: The `ExportConfig`.
        run: The `Run`.
        verdict: The `Target` and what its rules found.

    Returns:
        What `export.json` tells of it.
    """
    if export.bundle == "none":
        return {}
    model_path = run.path(runs.TFLITE_FILES[FORMATS[export.bundle]])
    if export.bundle == "tidl":
        _write_tidl(inputs, model_path, run, verdict)
        return {}
    return {"micro": _write_micro(inputs, model_path, run, content)}


def _write_micro(inputs, model_path, run, content):
    images = inputs.candidates()
    run.write_with(
        runs.MICRO,
        lambda folder: bundle.write(folder, model_path, images, content),
        size=8 * model_path.stat().st_size,
    )
    found = bundle.verify(run.path(runs.MICRO))
    print(
        f"export: {run.path(runs.MICRO)}, {found['vectors']} test vectors: "
        f"reference kernels {found['reference']}, tflite-micro "
        f"{found['tflite_micro']}"
    )
    return found


def _write_tidl(inputs, model_path, run, verdict):
    target, found = verdict
    dataset, frames = inputs.dataset, inputs.chosen.images
    network = tidl_bundle.Network(
        dataset.name.replace(":", "_").replace("/", "_"),
        tuple(map(float, dataset.mean)),
        tuple(map(float, dataset.std)),
        core=(target.core if target else None) or "c66x",
    )
    run.write_with(
        runs.TIDL,
        lambda folder: tidl_bundle.write(
            folder, model_path, network, frames, found
        ),
        size=frames.nbytes,
    )
    print(f"export: {run.path(runs.TIDL)}")
