"""A search that takes no time: run by the tests of sweeps in its place.

It reads the flagfile of a point and writes what a search leaves. An energy
weight of 7 fails, one of 8 waits to be stopped, and a memory budget below a
KiB is infeasible.
"""

import json
import os
import pathlib
import sys
import time


def main():
    """Does as the flags say."""
    path = pathlib.Path(sys.argv[1].partition("=")[2])
    lines = path.read_text().splitlines()
    given = {n.lstrip("-"): v for n, _, v in (s.partition("=") for s in lines)}
    folder = pathlib.Path(given["workdir"])
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS")
    print(f"search: threads {threads}", flush=True)
    weight = float(given.get("energy_weight", 0))
    if given["through"] == "warmup":
        (folder / "checkpoint").mkdir()
        for name in ("warmup.json", "checkpoint/warmup.weights.h5"):
            (folder / name).write_text("{}")
        return 0
    if float(given.get("memory_budget_kib", 1)) < 1:
        print("error: nothing fits", file=sys.stderr)
        return 3
    if weight == 7:
        print("error: it broke\nafter the error", file=sys.stderr)
        return 1
    if weight == 8:
        (folder / "started").touch()
        time.sleep(60)
    _write(folder, weight)
    return 0


def _write(folder, weight):
    costs = {"energy_uj": 100 - weight, "macs": 10, "memory_bytes": 5}
    values = {"architecture.json": {"costs": costs}}
    values["search.json"] = {"budgets": {}}
    artifact = {"accuracy": 0.9 - weight / 10, "bytes": 9}
    values["metrics.json"] = {"artifacts": {"model.tflite": artifact}}
    for name in ("model.keras", "train.json", "export.json"):
        values[name] = {}
    for name, content in values.items():
        (folder / name).write_text(json.dumps(content))


if __name__ == "__main__":
    sys.exit(main())
