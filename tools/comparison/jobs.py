"""Jobs that are done once: by worker processes, and kept by what they are.

A job is a dictionary that `json` can write. Its result lies in a folder named
after the hash of it, so two contestants that come to the same network train it
once, and a comparison goes on where it was stopped.
"""

import collections
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import threading
from concurrent import futures

from ednas_tf import errors, runs
from ednas_tf.untrusted import json_text

RESULT = "result.json"
_DIGITS = 16
_ROOT = pathlib.Path(__file__).resolve().parents[2]
_THREADS = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
)
_KEPT_MEMORY = {
    # glibc gives large tensors back after each step, a tenth of its time.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 33),
    "MALLOC_TOP_PAD_": str(1 << 28),
}


class Jobs:
    """Runs jobs, each once, on several processes.

    Args:
        folder: Folder of the results.
        workers: Processes; they share the cores.

    Attributes:
        codes: Hashes of the code that made the results, as far as known. A
            job is not done again because the code is another.
    """

    def __init__(self, folder, workers):
        self.folder = pathlib.Path(folder).resolve()
        self.codes = set()
        self._locks = collections.defaultdict(threading.Lock)
        self._guard = threading.Lock()
        self._idle = queue.SimpleQueue()
        self._lock = _locked(self.folder)
        self._closed = False
        threads = max(1, (os.cpu_count() or 1) // workers)
        self._workers = [
            _Worker(self.folder / f"worker{place}.log", threads)
            for place in range(1, workers + 1)
        ]
        for worker in self._workers:
            self._idle.put(worker)

    def run(self, kind, **values):
        """Returns the result of a job, a dictionary.

        What a broken job has left is deleted first, so that the CPU seconds
        of a result are those of the whole job.

        Args:
            kind: Name of the job, as in `work.KINDS`.
            **values: What it is about, as `json` can write it.

        Raises:
            UserError: If the job fails; `BudgetError` if nothing fits.
        """
        job = {"kind": kind, **values}
        folder = self.folder_of(job)
        with self._guard:
            lock = self._locks[folder]
        with lock:
            known = _read(folder)
            if known is None:
                worker = self._idle.get()
                try:
                    known = self._done(worker, job, folder)
                finally:
                    self._idle.put(worker)
            self.codes.add(known.get("code"))
            return {**known, "folder": str(folder)}

    @contextlib.contextmanager
    def threads(self, count):
        """Gives a pool of threads that run jobs.

        What ends it before its time, as Ctrl-C does, ends the jobs too.

        Args:
            count: Threads.
        """
        pool = futures.ThreadPoolExecutor(count)
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            self.close()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def folder_of(self, job):
        """Returns the folder of a job's files and result."""
        text = json.dumps(job, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
        return self.folder / f"{job['kind']}-{digest}"

    def close(self):
        """Ends the processes; no job starts after that."""
        self._closed = True
        for worker in self._workers:
            worker.end()
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None

    def _done(self, worker, job, folder):
        if self._closed:
            raise errors.UserError("Stopped before the job began.")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        runs.write_text(folder / "job.json", runs.to_json(job))
        return worker.do(job, folder)


class _Worker:
    """A process that does one job after the other."""

    def __init__(self, log, threads):
        self._log = log
        self._threads = threads
        self._process = None

    def do(self, job, folder):
        """Returns the result of a job; raises `UserError`."""
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._started()
        line = json.dumps({"job": job, "folder": str(folder)})
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except (OSError, ValueError):  # It was ended meanwhile.
            answer = ""
        if not answer:
            self.end()
            raise errors.UserError(
                f"A worker ended in the middle of a job; see {self._log}."
            )
        told = json.loads(answer)
        if "error" in told:
            kind = errors.BudgetError if told["none_fits"] else errors.UserError
            raise kind(told["error"])
        return told["result"]

    def end(self):
        """Ends the process; any thread may ask for that."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError, ValueError):
                stream.close()

    def _started(self):
        self._log.parent.mkdir(parents=True, exist_ok=True)
        threads = dict.fromkeys(_THREADS, str(self._threads))
        with open(self._log, "a", encoding="utf-8") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tools.comparison.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=_ROOT,
                env={**os.environ, **_KEPT_MEMORY, **threads},
                start_new_session=True,  # Ctrl-C is the parent's to hear.
            )


def _locked(folder):
    """Returns a descriptor that no other comparison of the folder has."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise errors.UserError(
            f"Expected {folder} to be idle. Another comparison works on it; "
            "wait for it, or give another --workdir."
        ) from error
    return descriptor


def _read(folder):
    """Returns the result in a folder, or None where there is none."""
    try:
        return json_text.mapping(runs.read_text(folder / RESULT))
    except (errors.UserError, ValueError):
        return None
