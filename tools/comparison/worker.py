"""A process of a comparison: reads jobs, a line each, and does them."""

import json
import os
import pathlib
import sys

from ednas_tf import errors, runs
from tools.comparison import jobs


def main():
    """Answers each line of standard input with one line."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # What stages print goes into the log.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _answer(asked):
    # Not at the top: it loads TensorFlow, which reads the environment.
    from tools.comparison import work

    folder = pathlib.Path(asked["folder"])
    try:
        result = work.do(asked["job"], folder)
    except errors.UserError as error:
        none_fits = isinstance(error, errors.BudgetError)
        return {"error": errors.first_line(error), "none_fits": none_fits}
    runs.write_text(folder / jobs.RESULT, runs.to_json(result))
    return {"result": result}


if __name__ == "__main__":
    main()
