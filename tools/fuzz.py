"""Feeds the readers of foreign files with what may break them.

Coverage-guided, with atheris, which the project does not depend on:
`pip install atheris`. Files that end in another error than one clear line, or
that take long, are made small and kept in `tests/untrusted/cases/READER/`,
where the tests read them again.

Examples:
  python tools/fuzz.py --seconds=60
  python tools/fuzz.py --seconds=600 --target=architecture
"""

import hashlib
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import traceback

from absl import app, flags

_ROOT = pathlib.Path(__file__).resolve().parents[1]
# As a script, `tools/` and not the repository is on the path.
sys.path.insert(0, str(_ROOT))

_ALL = "all"
_SECONDS = flags.DEFINE_integer(
    "seconds", 60, "Time for each reader.", lower_bound=1
)
_TARGET = flags.DEFINE_string("target", _ALL, "Name of a reader, or all.")
_CASES = flags.DEFINE_string(
    "cases",
    str(_ROOT / "tests" / "untrusted" / "cases"),
    "Folder that keeps what broke a reader.",
)
_INSIDE = flags.DEFINE_bool("inside", False, "Fuzz in this very process.")
_SLOW_SECONDS = 2.0
_MOST_BYTES = 60_000
_WORDS = (
    *("null", "true", "-1", "1e308", "999999999999", "[]", "{}", "[[]]"),
    *("a", "0", "nan", ",,", ", ", ": "),
)
_COUNT = re.compile(r"number_of_executed_units: (\d+)")


def main(argv):
    """Fuzzes one reader or all; returns the exit code."""
    del argv
    if importlib.util.find_spec("atheris") is None:
        print("error: Expected atheris: pip install atheris", file=sys.stderr)
        return 1
    if _INSIDE.value:
        return _fuzz(_TARGET.value)
    from tests.untrusted import readers

    names = list(readers.READERS)
    if _TARGET.value != _ALL:
        if _TARGET.value not in names:
            known = ", ".join(names)
            print(f"error: Expected one of: {known}.", file=sys.stderr)
            return 1
        names = [_TARGET.value]
    # Each in a process of its own, which the fuzzer ends by itself.
    return max(_apart(name) for name in names)


def _apart(name):
    """Fuzzes a reader in another process and prints what it did."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *(sys.executable, __file__, "--inside", f"--target={name}"),
                *(f"--seconds={_SECONDS.value}", f"--cases={_CASES.value}"),
            ],
            env={**os.environ, "TMPDIR": folder},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    count = _COUNT.search(done.stderr)
    if count is None:
        print(f"{name}: {done.stderr[-2000:]}", file=sys.stderr)
        return 1
    print(f"{name}: {int(count.group(1)):,} files read")
    for line in done.stderr.splitlines():
        if line.startswith("broken: "):
            print(f"  {line}")
    return int("broken: " in done.stderr)


def _fuzz(name):
    """Fuzzes a reader; the fuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["ednas_tf"]):
        from tests.untrusted import readers
    folder = pathlib.Path(tempfile.mkdtemp())
    corpus = folder / "corpus"
    corpus.mkdir()
    for place, content in enumerate(readers.READERS[name].seeds()):
        (corpus / str(place)).write_bytes(content)
    words = folder / "words"
    words.write_text("".join(f'"{word}"\n' for word in _WORDS))
    trial = _Trial(name, readers.READERS[name], folder / "read")
    options = (
        f"-max_total_time={_SECONDS.value}",
        f"-max_len={_MOST_BYTES}",
        f"-dict={words}",
        "-timeout=60",
        "-rss_limit_mb=4000",
        "-print_final_stats=1",
        f"-artifact_prefix={folder}/",
    )
    atheris.Setup([name, *options, str(corpus)], trial.run)
    atheris.Fuzz()
    return 0


class _Trial:
    """Reads one file after the other, and keeps those that break.

    Args:
        name: Name of the reader.
        reader: The `Reader`.
        folder: Folder for the file.
    """

    def __init__(self, name, reader, folder):
        self.name = name
        self.reader = reader
        self.path = folder / reader.file
        self.path.parent.mkdir(parents=True)
        self.known = set()

    def run(self, content):
        """Reads a file; keeps it if it breaks in a way that is not known."""
        broken = self._broken(content)
        if broken and broken not in self.known:
            self.known.add(broken)
            self._keep(self._smaller(content, broken), broken)

    def _broken(self, content):
        """Returns how reading a file breaks, or nothing if it does not."""
        from ednas_tf import errors

        self.path.write_bytes(content)
        began = time.process_time()
        try:
            self.reader.read(self.path)
        except errors.UserError:
            pass
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{pathlib.Path(last.filename).stem}:{last.lineno}"
            return f"{type(error).__name__} in {where}"
        slow = time.process_time() - began > _SLOW_SECONDS
        return "slow" if slow else ""

    def _smaller(self, content, broken):
        """Returns a shorter file that breaks in the same way."""
        size = len(content) // 2
        while size and broken != "slow":
            place = 0
            while place < len(content):
                shorter = content[:place] + content[place + size :]
                if self._broken(shorter) == broken:
                    content = shorter
                else:
                    place += size
            size //= 2
        return content

    def _keep(self, content, broken):
        folder = pathlib.Path(_CASES.value, self.name)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / hashlib.sha256(content).hexdigest()[:12]
        file.write_bytes(content)
        print(f"broken: {broken}: {file}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    app.run(main)
