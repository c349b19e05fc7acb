"""Runs commands on bad inputs and tells which are not refused as they should.

Every flag and every file that a command reads has its turn. A bad input must
end with exit code 1, or 3 where nothing fits the budgets, and one line that
names the flag or the file; no file of the run folder may change.

Examples:
  python tools/bad_inputs.py
  python tools/bad_inputs.py --count=5000 --only=report
  python tools/bad_inputs.py --count=200 --cases_seed=7 --processes
"""

import collections
import os
import pathlib
import sys
import tempfile
import time

from absl import app, flags

# As a script, `tools/` and not the repository is on the path.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from tests import bad_inputs
from tests.bad_inputs import running

_COUNT = flags.DEFINE_integer(
    "count", 200, "Bad inputs to try; all if there are not so many.", 1
)
_SEED = flags.DEFINE_integer(
    "cases_seed", 0, "Seed that they are drawn with.", 0
)
_PROCESSES = flags.DEFINE_bool(
    "processes", False, "Start each as a process of its own, as users do."
)
_ONLY = flags.DEFINE_string(
    "only", "", "Try only those whose name holds this text."
)
_SOURCE = flags.DEFINE_string(
    "source", None, "Finished run to begin with, instead of making one."
)


def main(argv):
    """Tries the cases; returns the exit code."""
    del argv
    call = running.as_process if _PROCESSES.value else running.in_process
    # Commands that run in this process parse their own flags.
    only, count, seed = _ONLY.value, _COUNT.value, _SEED.value
    cases = [c for c in bad_inputs.chosen(10**6, seed) if only in str(c)][
        :count
    ]
    with tempfile.TemporaryDirectory() as room:
        source = _SOURCE.value or str(pathlib.Path(room, "run"))
        if not pathlib.Path(source).exists():
            running.finished(source)
        failed = _tried(cases, source, call)
    subjects = collections.Counter(case.subject for case in cases)
    print(f"{len(cases)} bad inputs over {len(subjects)} flags and files")
    print(f"{failed} were not refused as they should")
    return 1 if failed else 0


def _tried(cases, source, call):
    """Prints what is wrong with each case; returns the number of those."""
    failed = 0
    for case in cases:
        began = time.perf_counter()
        found = running.faults(case, source, call)
        seconds = time.perf_counter() - began
        failed += bool(found)
        if found:
            more = f" (and {len(found) - 1} more)" if found[1:] else ""
            print(f"{case} ({seconds:.1f} s): {found[0]}{more}", flush=True)
    return failed


if __name__ == "__main__":
    app.run(main)
