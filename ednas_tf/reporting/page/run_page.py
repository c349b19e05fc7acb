"""The page of one run, in the order in which a reader asks."""

from ednas_tf import runs, tasks
from ednas_tf.reporting.page import (
    alternatives,
    artifacts,
    caveats,
    confusion,
    facts,
    headlines,
    heat_maps,
    network_drawing,
    network_notes,
    pictures,
    reproduction,
    search_charts,
    shares,
)
from ednas_tf.reporting.page.rendering import Section, page


def write_run(record, run):
    """Writes `report.html` of a run.

    Args:
        record: The `Record` of the run.
        run: The `Run` whose folder the page is written into.
    """
    run.write_text(runs.REPORT, run_page(record))


def run_page(record):
    """Returns the page of a run as the text of one HTML file."""
    found = [make(record) for make in _SECTIONS]
    name = record.dataset or record.name
    target = f" for {record.target}" if record.target else ""
    return page(
        f"{name}{target}",
        [section for section in found if section is not None],
        template="run.html",
        record=record,
        figures=headlines.figures(record),
        verdict=headlines.verdict(record),
        uncertainty=headlines.uncertainty(record, record.deployed),
        missing=reproduction.missing(record),
    )


def _network(record):
    if record.architecture is None:
        return None
    known = heat_maps.last(heat_maps.panels(record.alphas))
    found = shares.of_nodes(record.architecture, record.costs)
    notes = network_notes.of(
        record.architecture, known, network_notes.sizes(record.channels)
    )
    values = {
        "pieces": network_drawing.draw(record.architecture, found, notes),
        "shares": found,
        "has_slots": bool(record.architecture.choices),
        "detects": record.task == tasks.DETECTION,
        "facts": facts.of_search(record),
        "spans": alternatives.of_space(record),
    }
    return Section(
        "network", "The network that was found", "network.html", values
    )


def _probabilities(record):
    panels = heat_maps.panels(record.alphas)
    if not panels:
        return None
    chosen = {}
    if record.architecture is not None:
        chosen = {c.slot: c.operation for c in record.architecture.choices}
    warmup = search_charts.warmup_of(record)
    values = {
        "panels": [
            (panel.slot, heat_maps.draw(panel, warmup, chosen.get(panel.slot)))
            for panel in panels
        ],
        "warmup": warmup,
        "shades": [heat_maps.shade(place / 10) for place in range(11)],
    }
    return Section(
        "probabilities", "How the choice was made", "probabilities.html", values
    )


def _history(record):
    values = {
        "Search": [
            *search_charts.of_search(record),
            *search_charts.of_channels(record),
        ],
        "Final training": search_charts.of_training(record),
    }
    values = {title: charts for title, charts in values.items() if charts}
    if not values:
        return None
    return Section("history", "Search and training", "history.html", values)


def _alternatives(record):
    chart = alternatives.of_sweep(record)
    if chart is None:
        return None
    values = {
        "chart": chart,
        "rows": alternatives.sweep_rows(record),
        "cost": record.sweep["cost"],
        "accuracy": record.sweep["accuracy"],
        "artifact": record.sweep.get("artifact", ""),
        "front": record.sweep.get("front", ()),
        "here": record.name,
    }
    return Section(
        "alternatives", "Accuracy against cost", "alternatives.html", values
    )


def _artifacts(record):
    found = artifacts.of(record)
    if not found:
        return None
    values = {"artifacts": found, "headline": record.headline}
    return Section("artifacts", "Files", "artifacts.html", values)


def _quantization(record):
    groups = artifacts.quantization(record)
    if not groups:
        return None
    return Section(
        "quantization", "Loss by quantization", "quantization.html", groups
    )


def _reparameterization(record):
    rows = artifacts.branches(record)
    if not rows:
        return None
    return Section(
        "reparameterization", "Merged branches", "reparameterization.html", rows
    )


def _deployment(record):
    found = (record.export or {}).get("deployment")
    if not found:
        return None
    return Section("deployment", "Fit for the device", "deployment.html", found)


def _mistakes(record):
    values = {
        "confusion": confusion.of(record),
        "drawing": None,
        "mistakes": confusion.mistakes(record),
        "artifact": (record.mistakes or {}).get("artifact"),
    }
    if values["confusion"] is None and not values["mistakes"]:
        return None
    if values["confusion"] is not None and not values["confusion"].is_small:
        values["drawing"] = confusion.draw(values["confusion"])
    return Section("mistakes", "Mistakes", "mistakes.html", values)


def _classes(record):
    columns, rows = facts.per_class(record)
    picture = None
    if record.task == tasks.DETECTION:
        picture = pictures.data_uri(record.path(runs.DETECTIONS))
    if not rows and picture is None:
        return None
    values = {"columns": columns, "rows": rows, "picture": picture}
    return Section("classes", "Class by class", "classes.html", values)


def _data(record):
    return Section("data", "Data", "facts.html", facts.of_data(record))


def _reproduction(record):
    values = {
        "commands": reproduction.commands(record),
        "flags": record.flags,
        "settings": reproduction.settings(record),
        "versions": reproduction.versions(record),
        "hashes": artifacts.hashes(record),
        "table": getattr(record.architecture, "lut_sha256", None),
        "seed": record.seed,
        "deterministic": record.flag("deterministic"),
        "folder": record.folder,
    }
    return Section(
        "reproduction", "How to reproduce", "reproduction.html", values
    )


def _caveats(record):
    found = caveats.of(record)
    if not found:
        return None
    return Section("caveats", "What was not measured", "caveats.html", found)


_SECTIONS = (
    _network,
    _probabilities,
    _history,
    _alternatives,
    _artifacts,
    _quantization,
    _reparameterization,
    _deployment,
    _classes,
    _mistakes,
    _data,
    _reproduction,
    _caveats,
)
