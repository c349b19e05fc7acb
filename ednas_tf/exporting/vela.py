"""The check for the Ethos-U55: what Vela leaves to the CPU, cycles, SRAM."""

import csv
import pathlib
import re

from ednas_tf import runs
from ednas_tf.exporting import foreign

_OPTIONS = {
    "--accelerator-config": "ethos-u55-256",
    "--config": "Arm/vela.ini",
    "--system-config": "Ethos_U55_High_End_Embedded",
    "--memory-mode": "Shared_Sram",
}
_WARNING = re.compile(
    r"^Warning \(.*\) operator: (?P<name>\w+), ofm: '(?P<result>.*)'$"
)
_ON_CPU = re.compile(r"^CPU operators = (\d+)", re.MULTILINE)
_SECONDS = 600
_KIB = 1024


def check(path, operators):
    """Compiles a file for the Ethos-U55 in a folder that is then deleted.

    Args:
        path: The `.tflite` file, int8.
        operators: What `file_operators.read` returned for it.

    Returns:
        Dictionary with `checked`, `note`, `offences` (operators that stay on
        the CPU), and after a compilation `cpu_operators`, `cycles` of the
        accelerator and `sram_bytes`.
    """
    if not foreign.is_installed("ethosu"):
        return foreign.unchecked("pip install ethos-u-vela")
    with runs.scratch() as folder:
        options = [text for pair in _OPTIONS.items() for text in pair]
        arguments = ("-m", "ethosu.vela", path, "--output-dir", folder)
        done = foreign.run((*arguments, *options), _SECONDS)
        summary = _summary(folder) if done.code == 0 else None
    if done.code is None or (done.code == 0 and summary is None):
        return foreign.unchecked(f"Vela wrote no summary, {done.reason}")
    if done.code != 0:
        return _refused(done)
    found = _ON_CPU.search(done.text)
    on_cpu = int(found.group(1)) if found else 0
    return {
        "checked": True,
        "note": f"compiled for {' '.join(options)}",
        "offences": _offences(done.text, operators, on_cpu),
        "cpu_operators": on_cpu,
        **summary,
    }


def _refused(done):
    offence = {
        "operator": "the whole file",
        "reason": f"Vela does not compile it: {done.reason}",
        "way_out": "Use int8 layers that Vela lists "
        "(`vela --supported-ops-report`).",
    }
    return {
        "checked": True,
        "note": "Vela does not compile the file",
        "offences": [offence],
    }


def _summary(folder):
    """Returns `cycles` and `sram_bytes` of the file that Vela writes."""
    paths = sorted(pathlib.Path(folder).glob("*_summary_*.csv"))
    if not paths:
        return None
    with paths[0].open(newline="", encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    return {
        "cycles": round(float(row["cycles_total"])),
        "sram_bytes": round(float(row["sram_memory_used"]) * _KIB),
    }


def _offences(text, operators, on_cpu):
    """Returns one offence for each operator that Vela warns of."""
    labels = {operator.result: operator.label for operator in operators}
    found = dict.fromkeys(labels.values())  # In the order of the file.
    for paragraph in text.split("\n\n"):
        first, *reasons = paragraph.strip().splitlines() or [""]
        match = _WARNING.match(first)
        if match:
            name = f"{match['name']} {match['result']}"
            label = labels.get(match["result"], name)
            reason = " ".join(reasons).removeprefix("Reason: ")
            found[label] = found.get(label) or _offence(label, reason)
    if on_cpu and not any(found.values()):
        label = f"{on_cpu} operators"
        found[label] = _offence(label, "Vela names no reason.")
    return [offence for offence in found.values() if offence]


def _offence(label, reason):
    return {
        "operator": label,
        "reason": f"It stays on the CPU: {reason}",
        "way_out": "Use int8 layers that Vela lists "
        "(`vela --supported-ops-report`), or accept the time on the CPU.",
    }
