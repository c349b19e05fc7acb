"""A process of a comparison: reads jobs, a line each, and does them."""

import functools
import hashlib
import json
import os
import pathlib
import queue
import sys
import threading

from ednas_tf import errors, runs
from tools.comparison import jobs

_DIGITS = 16
_SOURCES = (
    "tools/comparison/draws.py",
    "tools/comparison/inheriting.py",
    "tools/comparison/widening.py",
    "tools/comparison/work.py",
)


def main():
    """Answers each line of standard input with one line."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # What stages print goes into the log.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    lines = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    while True:
        answers.write(json.dumps(_answer(json.loads(lines.get()))) + "\n")
        answers.flush()


def _read(lines):
    """Passes lines on, and ends the process with the one that writes them.

    A comparison that was killed leaves no worker behind that writes into a
    folder which the next one deletes.
    """
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def _answer(asked):
    # Not at the top: it loads TensorFlow, which reads the environment.
    from tools.comparison import work

    folder = pathlib.Path(asked["folder"])
    try:
        result = work.do(asked["job"], folder)
    except errors.UserError as error:
        none_fits = isinstance(error, errors.BudgetError)
        return {"error": errors.first_line(error), "none_fits": none_fits}
    result = {**result, "code": _code()}
    runs.write_text(folder / jobs.RESULT, runs.to_json(result))
    return {"result": result}


@functools.cache
def _code():
    """Returns a hash of the sources that a result depends on."""
    root = pathlib.Path(__file__).resolve().parents[2]
    found = hashlib.sha256()
    sources = sorted(root.glob("ednas_tf/**/*.py"))
    for path in (*sources, *(root / name for name in _SOURCES)):
        found.update(path.read_bytes())
    return found.hexdigest()[:_DIGITS]


if __name__ == "__main__":
    main()
