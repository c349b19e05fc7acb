"""Folders as a sweep leaves them, with made-up figures."""

from ednas_tf import runs

COSTS = {
    "memory_bytes": 900.0,
    "macs": 1_000_000.0,
    "params": 850.0,
    "latency_us": 500.0,
    "energy_uj": 200.0,
    "peak_ram_bytes": 4096.0,
}


def write_point(root, name, values=None, **figures):
    """Writes the files of one point.

    Args:
        root: Folder of the sweep.
        name: Name of the point.
        values: What the point asks for, by flag.
        **figures: `status`, `int8` and `float` accuracy, and costs by name.
    """
    run = runs.Run(root / runs.POINTS / name)
    status = figures.pop("status", "done")
    accuracies = {
        runs.TFLITE_FILES[kind]: figures.pop(kind, None)
        for kind in ("int8", "float")
    }
    point = {"name": name, "status": status, "exit_code": 0, "error": ""}
    values = values or {}
    run.write_json(runs.POINT, {**point, "seconds": 1.5, "values": values})
    if status != "done":
        return run
    artifacts = {
        file: {"accuracy": accuracy, "bytes": 1000}
        for file, accuracy in accuracies.items()
        if accuracy is not None
    }
    run.write_json(runs.METRICS, {"artifacts": artifacts})
    run.write_json(runs.ARCHITECTURE, {"costs": {**COSTS, **figures}})
    budget = values.get("memory_budget_kib")
    met = {"memory_bytes": {"budget": (budget or 0) * 1024, "met": True}}
    run.write_json(runs.SEARCH, {"budgets": met if budget else {}})
    return run
