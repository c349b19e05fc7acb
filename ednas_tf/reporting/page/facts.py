"""What the network was made of and tested on, as names and values."""

from ednas_tf import tasks
from ednas_tf.reporting import forms
from ednas_tf.reporting.page import formats
from ednas_tf.reporting.records import FLOAT

_SHOWN_CLASSES = 40
_WORDS = {
    tasks.CLASSIFICATION: "one class of each example",
    tasks.MULTILABEL: "any number of classes of each example",
    tasks.DETECTION: "objects with boxes and classes",
}
_AUTO = "chosen by the dataset"


def of_data(record):
    """Returns pairs of name and value on the data."""
    found = [
        ("Dataset", record.dataset),
        ("Task", f"{record.task}: {_WORDS[record.task]}"),
        ("Input", _input(record)),
        ("Classes", _classes(record)),
        ("Training split", record.flag("train_split") or _AUTO),
        ("Test split", record.flag("test_split") or _AUTO),
        ("For validation", _share(record.flag("validation_split"))),
        ("For the alphas", _share(record.flag("alpha_split", ("search",)))),
        ("Augmentation", record.flag("augment")),
        ("Most examples", record.flag("max_examples")),
        ("Tested on", _tested(record)),
        ("Calibrated on", _calibrated(record)),
        ("Normalization", _normalization(record)),
    ]
    return [(name, value) for name, value in found if value]


def of_search(record):
    """Returns pairs of name and value on the search and the training."""
    search, train = record.search or {}, record.train or {}
    found = [
        ("Space", _space(record)),
        ("Search", _epochs(search)),
        ("Final training", _epochs(train)),
        ("Parameters trained", _count(train.get("params"))),
    ]
    return [(name, value) for name, value in found if value]


def per_class(record):
    """Returns average precisions by class, the worst of the first file first.

    Returns:
        Names of the artifacts, and dictionaries of `name`, `objects` and
        `values` (one for each artifact).
    """
    known = {
        name: row["per_class"]
        for name, row in record.measured.items()
        if row.get("per_class")
    }
    if not known:
        return [], []
    columns = _columns(record, known)
    rows = []
    for place in range(len(known[columns[0]])):
        cells = [_cell(known[name], place) for name in columns]
        rows.append(
            {
                "name": _class_name(record, cells[0], place),
                "objects": cells[0].get("objects"),
                "values": [cell.get("average_precision") for cell in cells],
            }
        )
    rows.sort(key=lambda row: _or_last(row["values"][0]))
    return columns, rows


def _columns(record, known):
    """Returns the artifacts to show, the deployed one first.

    Of those that compute in float one is enough.
    """
    float_ones = set(FLOAT) - {record.float_artifact, record.deployed}
    kept = [name for name in known if name not in float_ones]
    return sorted(kept or known, key=lambda name: name != record.deployed)


def _cell(rows, place):
    cell = rows[place] if place < len(rows) else None
    return cell if isinstance(cell, dict) else {"average_precision": cell}


def _class_name(record, cell, place):
    number = cell.get("class", place)
    known = isinstance(number, int) and 0 <= number < len(record.classes)
    return record.classes[number] if known else f"class {number}"


def _or_last(value):
    return value if forms.finite(value) else float("inf")


def _input(record):
    shape = (record.export or {}).get("image_shape")
    if record.architecture is not None:
        shape = record.architecture.skeleton.input_shape
    if not shape:
        return None
    kind = (record.export or {}).get("kind") or "image"
    sides = " × ".join(formats.number(side) for side in shape)
    return f"{kind}, {sides} (height × width × channels)"


def _classes(record):
    names = record.classes
    if not names:
        return None
    shown = ", ".join(names[:_SHOWN_CLASSES])
    rest = len(names) - _SHOWN_CLASSES
    more = f" and {rest:,} more" if rest > 0 else ""
    return f"{len(names):,}: {shown}{more}"


def _share(share):
    if not forms.finite(share):
        return None
    return "none" if share == 0 else f"{formats.percent(share, 0)} of training"


def _tested(record):
    counts = [row.get("examples") for row in record.measured.values()]
    known = [count for count in counts if forms.finite(count)]
    return formats.plural(max(known), "example") if known else None


def _calibrated(record):
    count = record.flag("calibration_examples", ("export",))
    if record.export is None or not forms.finite(count):
        return None
    return f"at most {formats.plural(count, 'example')} of the training split"


def _normalization(record):
    found = (record.export or {}).get("normalization") or {}
    if not found.get("mean") or not found.get("std"):
        return None
    mean, std = (
        ", ".join(formats.number(value) for value in found[key])
        for key in ("mean", "std")
    )
    formula = found.get("formula") or "(input - mean) / std"
    return f"mean {mean}; std {std}; {formula}"


def _space(record):
    size = (record.search or {}).get("space_size")
    name = record.flag("space", ("search",))
    if record.architecture is not None:
        name = name or record.architecture.skeleton.name
    if not forms.finite(size):
        return name
    return f"{name or 'given'}, {formats.number(size)} networks"


def _epochs(values):
    if not values.get("epochs"):
        return "nothing to choose" if values.get("epochs") == 0 else None
    told = [formats.plural(values["epochs"], "epoch")]
    if forms.finite(values.get("steps")):
        told.append(formats.plural(values["steps"], "step"))
    if forms.finite(values.get("seconds")):
        told.append(formats.duration(values["seconds"]))
    return ", ".join(told)


def _count(value):
    return formats.number(value) if forms.finite(value) else None
