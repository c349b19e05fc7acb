"""What an export tells of its files, besides the files."""

from ednas_tf import criteria, errors, runs
from ednas_tf.detection import boxes
from ednas_tf.exporting import layer_report, tflite

_REPORTED = ("int8", "int16x8")
_SHOWN = 3


def quantization(model, content, images, run):
    """Compares integer files with the float network, layer by layer.

    Writes `quantization.csv`, the worst layers of each file first.

    Args:
        model: The Keras model that was exported.
        content: What `exporting.export_all` returned.
        images: Batches of examples as the files take them.
        run: The `Run`.

    Returns:
        What `export.json` tells of it.
    """
    files = {e["format"]: n for n, e in content["artifacts"].items()}
    wanted = [format for format in _REPORTED if format in files]
    if not wanted:
        return {}
    original = _float_file(model, files, run)
    rows = []
    for format in wanted:
        quantized = run.path(files[format]).read_bytes()
        found = layer_report.compare(original, quantized, images[0])
        _tell(format, found)
        rows += [{"format": format, **row} for row in found]
    run.write_rows(runs.QUANTIZATION, rows)
    return {"quantization": runs.QUANTIZATION}


def anchors(skeleton, run):
    """Writes the anchors of a detector and tells how boxes are decoded."""
    found = criteria.grid(skeleton)
    if found is None:
        return {}
    names = ("center_y", "center_x", "height", "width")
    run.write_rows(
        runs.ANCHORS,
        [
            {n: f"{v:.8g}" for n, v in zip(names, row, strict=True)}
            for row in found.tolist()
        ],
    )
    return {
        "detection": {
            "anchors": runs.ANCHORS,
            "variances": list(boxes.VARIANCES),
            "formula": "center = anchor center + boxes[0:2] * variances[0] * "
            "anchor size; size = anchor size * exp(boxes[2:4] * variances[1]); "
            "y before x, in shares of the image",
        }
    }


def check_written(content, run):
    """Raises `UserError` if a file beside the artifacts is gone.

    Args:
        content: What `export.json` tells of a finished export.
        run: The `Run` that holds it.
    """
    told = [
        (runs.QUANTIZATION, "quantization" in content),
        (runs.ANCHORS, "detection" in content),
        (runs.COMPRESSED, "compress" in (content.get("optimization") or {})),
    ]
    for name, written in told:
        if written and not run.has(name):
            raise errors.UserError(
                f"Expected {run.path(name)}, which {runs.EXPORT} tells of and "
                "which is missing. Run the export again with --overwrite."
            )


def _float_file(model, files, run):
    """Returns the bytes of the float file, converted if it is not asked for."""
    if "float" in files:
        return run.path(files["float"]).read_bytes()
    return tflite.convert(model, "float")


def _tell(format, rows):
    """Prints the layers that lose most."""
    worst = ", ".join(
        f"{row['layer']} {float(row['snr_db']):.1f} dB"
        for row in rows[:_SHOWN]
        if row["snr_db"] not in ("", None)
    )
    print(f"export: {format}, signal to noise of the worst layers: {worst}")
