"""Folders as runs leave them, small and with figures that are easy to find."""

import json

from ednas_tf import runs
from ednas_tf.spaces import architecture, network, presets

INT8, FLOAT = runs.TFLITE_FILES["int8"], runs.TFLITE_FILES["float"]
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUl"
    "EQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HOSTILE = '<script>alert("1")</script>'
FLAGS = "--dataset=digits\n--seed=3\n--nodeterministic\n--target=tda2\n"


def tiny():
    """Returns the architecture of the tiny space with all kernels of 5."""
    fixed = presets.build("tiny", (16, 16, 1), 10)
    names = ["dw5"] * len(network.slots(fixed.nodes))
    return architecture.choose(
        fixed,
        names,
        costs={"latency_us": 1234.0, "macs": 2e6, "energy_uj": None},
        target="tda2",
        classes=tuple("abcdefghij"),
    )


def write_searched(folder):
    """Writes what a search leaves."""
    run = runs.Run(folder)
    found = tiny()
    run.write_text(runs.ARCHITECTURE, found.to_json())
    flags = {"dataset": "digits", "seed": 3, "deterministic": False}
    flags |= {"target": "tda2", "warmup_epochs": 1}
    run.write_json(runs.CONFIG, {"search": flags})
    run.write_text(runs.FLAGS, FLAGS)
    run.write_json(
        runs.SEARCH,
        {
            "budgets": {"latency_us": {"budget": 2000.0, "met": True}},
            "costs": dict(found.costs),
            "smallest": {"latency_us": 1000.0},
            "largest": {"latency_us": 3000.0},
            "status": "modelled",
            "filled_entries": 2,
            "space_size": 2187,
            "epochs": 3,
            "seconds": 61.0,
            "versions": {"keras": "3.15.1"},
        },
    )
    run.write_rows(runs.ALPHAS, list(_alphas(found)))
    run.write_rows(runs.HISTORY, [_epoch(n) for n in (1, 2, 3)])
    return run


def write_whole(folder):
    """Writes what a run leaves that went through all stages."""
    run = write_searched(folder)
    run.write_json(runs.TRAIN, {"epochs": 4, "seconds": 5.0, "params": 107})
    run.write_rows(runs.TRAIN_HISTORY, [_epoch(n) for n in (1, 2)])
    run.write_json(runs.EXPORT, _export())
    run.write_json(runs.METRICS, {"artifacts": _metrics(), "macs": 2000000})
    run.write_rows(
        runs.QUANTIZATION,
        [_layer("easy", 48.0), _layer("hard", 11.5), _layer("exact", "inf")],
    )
    run.write_rows(runs.CONFUSION, _confusion())
    run.write_json(
        runs.MISTAKES,
        {
            "schema": "ednas-mistakes/1",
            "artifact": INT8,
            "classes": list("abcdefghij"),
            "mistakes": [_mistake(7, PIXEL), _mistake(8, None)],
        },
    )
    return run


def change(folder, name, **values):
    """Changes values of a JSON file in a folder."""
    path = folder / name
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, **values}), encoding="utf-8")


def _alphas(found):
    shares = {1: (0.5, 0.3, 0.2), 2: (0.25, 0.5, 0.25), 3: (0.1, 0.8, 0.1)}
    for epoch, row in shares.items():
        for choice in found.choices:
            for name, share in zip(("dw3", "dw5", "dw7"), row, strict=True):
                yield {
                    "epoch": epoch,
                    "slot": choice.slot,
                    "operation": name,
                    "alpha": 0.0,
                    "probability": share,
                }


def _epoch(number):
    return {
        "epoch": number,
        "loss": 3.0 / number,
        "loss_path1": 3.1 / number,
        "loss_path2": 2.9 / number,
        "accuracy": 0.3 * number,
        "val_loss": 3.5 / number,
        "val_accuracy": 0.25 * number,
        "expected_latency_us": 2500.0 - 400 * number,
        "temperature": 5.0 / number,
        "learning_rate": 0.1,
        "seconds": 1.0,
    }


def _export():
    return {
        "classes": list("abcdefghij"),
        "artifacts": {
            FLOAT: {"format": "float", "bytes": 4096, "sha256": "f" * 64},
            INT8: {
                "format": "int8",
                "bytes": 2048,
                "gzip_bytes": 1536,
                "sha256": "8" * 64,
            },
        },
        "deployment": {
            "target": "tda2",
            "rules": "tidl",
            "file": FLOAT,
            "checked": True,
            "note": "9 operators",
            "offences": [
                {"operator": "PAD 7", "reason": "too wide", "way_out": "less"}
            ],
            "cautions": [],
        },
        "versions": {"keras": "3.15.1", "numpy": "2.4.6"},
    }


def _metrics():
    row = {"examples": 200, "agreement": 1.0, "largest_difference": 0.0}
    return {
        FLOAT: {**row, "accuracy": 0.915, "bytes": 4096, "latency_us": 250.0},
        INT8: {
            **row,
            "accuracy": 0.905,
            "agreement": 0.985,
            "largest_difference": 0.25,
            "bytes": 2048,
            "latency_us": 125.0,
            "threads": 1,
        },
    }


def _layer(name, snr):
    return {
        "format": "int8",
        "layer": name,
        "operator": "CONV_2D",
        "snr_db": snr,
        "clipped": 0.0,
        "float_min": -1.0,
        "float_max": 1.0,
        "scale": 0.01,
        "found_in": "both",
    }


def _confusion():
    cells = [(n, n, 18) for n in range(10)] + [(4, 5, 12), (6, 5, 7)]
    keys = ("label", "predicted", "count")
    return [
        {"artifact": INT8, **dict(zip(keys, cell, strict=True))}
        for cell in cells
    ]


def _mistake(index, image):
    return {
        "index": index,
        "label": 4,
        "predicted": 5,
        "probability": 0.97,
        "probability_of_label": 0.01,
        "image": image,
    }
