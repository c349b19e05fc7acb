"""What a model card tells of a run, section by section."""

import dataclasses

from ednas_tf import runs, tasks
from ednas_tf.reporting import forms
from ednas_tf.reporting.card import caveats, markdown, per_class
from ednas_tf.reporting.card.front_matter import dataset_name
from ednas_tf.reporting.comparison import choices
from ednas_tf.reporting.page import formats, headlines

_TASKS = {
    tasks.CLASSIFICATION: "Tells the class of an example",
    tasks.MULTILABEL: "Tells which classes an image shows",
    tasks.DETECTION: "Finds objects in images, with boxes",
}
_NAMES = {
    "accuracy": "Accuracy: share of the test examples whose most probable "
    "class is the right one.",
    "mean_average_precision": "Mean average precision: area below the curve "
    "of precision over recall, averaged over the classes. Of boxes, those are "
    "right that overlap their object by half or more.",
}
_COSTS = {
    "latency_us": ("latency", "us"),
    "energy_uj": ("energy", "uJ"),
    "memory_bytes": ("weights and biases, int8", "bytes"),
    "peak_ram_bytes": ("activations at their peak, int8", "bytes"),
    "macs": ("multiply-accumulates", ""),
    "params": ("parameters", ""),
}


@dataclasses.dataclass(frozen=True)
class Facts:
    """Values of the template `card.md`, in its order."""

    sentence: str
    details: list
    artifacts: str
    interface: list
    metrics: list
    evaluation_data: list
    training_data: list
    results: str
    costs: str
    status: str
    classes_title: str
    classes: str
    confusions: list
    caveats: list


def of(record):
    """Returns the `Facts` of a run.

    Args:
        record: A `Record`.
    """
    title, classes = per_class.table(record)
    return Facts(
        sentence=_sentence(record),
        details=_known(_details(record)),
        artifacts=_artifacts(record),
        interface=_known(_interface(record)),
        metrics=_metrics(record),
        evaluation_data=_known(_evaluation_data(record)),
        training_data=_known(_training_data(record)),
        results=_results(record),
        costs=_costs(record),
        status=(record.search or {}).get("status") or "status not recorded",
        classes_title=title,
        classes=classes,
        confusions=per_class.confusions(record),
        caveats=caveats.of(record),
    )


def _known(pairs):
    return [(label, value) for label, value in pairs if value]


def _sentence(record):
    network = _TASKS[record.task]
    data = f", trained on {dataset_name(record)}" if record.dataset else ""
    target = f" for {record.target}" if record.target else ""
    found = "found by a search" if record.search else "trained as given"
    return f"{network}{data}. The network was {found}{target}."


def _details(record):
    found = record.architecture
    versions = (record.train or record.search or {}).get("versions", {})
    if found is not None:
        yield "Space", found.skeleton.name
        yield "Network", choices.short(found)
    yield "Parameters", _count(record.costs_found.get("params"))
    yield "Multiply-accumulates", _count(record.costs_found.get("macs"))
    if record.written is not None:
        yield "Date of the run", record.written.date().isoformat()
    yield "Seed", None if record.seed is None else str(record.seed)
    yield "Versions", ", ".join(f"{n} {v}" for n, v in versions.items())
    if record.flags is not None:
        command = f"python -m ednas_tf.search --flagfile={runs.FLAGS}"
        yield "Made again by", markdown.code(command)


def _count(value):
    return markdown.number(value) if forms.finite(value) else None


def _artifacts(record):
    """Returns the table of the files."""
    found = (record.export or {}).get("artifacts", {})
    rows = [
        (
            name,
            row.get("format", ""),
            markdown.number(row.get("bytes")),
            row.get("sha256") or "-",
        )
        for name, row in found.items()
    ]
    header = ("file", "format", ">bytes", "SHA-256")
    return markdown.table(header, rows) if rows else ""


def _interface(record):
    exported = record.export or {}
    if record.architecture is not None:
        shape = record.architecture.skeleton.input_shape
        yield "Input", "x".join(map(str, shape))
    yield "Kind of input", exported.get("kind")
    found = exported.get("normalization") or {}
    for name in ("mean", "std"):
        values = map(formats.number, found.get(name, ()))
        yield f"Normalization, {name}", ", ".join(values)
    yield "Normalization", found.get("formula")
    where = exported.get("preprocessing")
    yield "Normalization happens", where and f"{where} the files"
    yield "Classes", ", ".join(record.classes)


def _metrics(record):
    lines = [
        _NAMES[record.headline],
        "Agreement: share of the test examples, or of the objects found, "
        "that a file and the Keras model answer alike.",
    ]
    if record.headline == tasks.HEADLINES[tasks.CLASSIFICATION]:
        lines.append(
            "Interval: the true accuracy lies within, in 95 % of such tests "
            "(Wilson's score interval); it knows nothing of other data."
        )
    return lines


def _evaluation_data(record):
    examples = record.measured.get(record.deployed, {}).get("examples")
    yield "Dataset", dataset_name(record) if record.dataset else None
    yield "Split", record.flag("test_split") or "the test split"
    yield "Examples", _count(examples)


def _training_data(record):
    yield "Dataset", dataset_name(record) if record.dataset else None
    yield "Split", record.flag("train_split") or "the training split"
    yield "Examples used at most", _count(record.flag("max_examples"))
    share = record.flag("validation_split")
    yield (
        "Kept for validation",
        formats.percent(share, 0) if forms.finite(share) else None,
    )
    yield "Augmentation", record.flag("augment")
    yield "Epochs", _count((record.train or {}).get("epochs"))


def _results(record):
    """Returns the table of what was measured, file by file."""
    sure = record.headline == tasks.HEADLINES[tasks.CLASSIFICATION]
    rows = [
        (
            name,
            markdown.number(row.get(record.headline), 4),
            *([headlines.uncertainty(record, name) or "-"] if sure else []),
            markdown.number(row.get("agreement"), 4),
            markdown.number(row.get("bytes")),
            markdown.number(row.get("latency_us")),
            markdown.number(row.get("examples")),
        )
        for name, row in record.measured.items()
    ]
    header = ["file", f">{record.headline.replace('_', ' ')}"]
    header += [">interval"] if sure else []
    header += [">agreement", ">bytes", ">latency here, us", ">examples"]
    return markdown.table(header, rows) if rows else ""


def _costs(record):
    """Returns the table of the costs and their budgets."""
    rows = []
    for name, value in record.costs_found.items():
        if value is None:
            continue
        label, unit = _COSTS.get(name, (name, ""))
        budget = record.budgets.get(name)
        rows.append(
            (
                f"{label}, {unit}" if unit else label,
                markdown.number(value),
                markdown.number(budget and budget["budget"]),
                "-" if not budget else "yes" if budget["met"] else "no",
            )
        )
    header = ("cost", ">value", ">budget", "met")
    return markdown.table(header, rows) if rows else ""
