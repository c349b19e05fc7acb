"""Where the points of a sweep run: in processes here, or on a Ray cluster."""

import contextlib
import os
import threading
from concurrent import futures

from ednas_tf.stages import point_runs


class Local:
    """Runs points in processes of this machine.

    Args:
        jobs: Points at once; they share the cores.
        inherited: Numbers of open files that the processes keep open.
    """

    def __init__(self, jobs, inherited=()):
        self._jobs = jobs
        self._inherited = tuple(inherited)
        self._threads = None if jobs == 1 else max(1, _num_cores() // jobs)

    def run(self, points, on_start):
        """Yields the `Outcome` of each point as it ends.

        Args:
            points: `Point` values.
            on_start: Function of the point that starts.
        """
        stop = threading.Event()
        pool = futures.ThreadPoolExecutor(self._jobs)

        def one(point):
            on_start(point)
            return point_runs.run_point(
                point, self._threads, stop, self._inherited
            )

        try:
            pending = [pool.submit(one, point) for point in points]
            for ended in futures.as_completed(pending):
                yield ended.result()
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def opened(sweep, inherited=()):
    """Gives what runs points, as `--executor` says.

    Args:
        sweep: The `SweepConfig`.
        inherited: Numbers of open files that processes here keep open.
    """
    if sweep.executor == "local":
        yield Local(sweep.jobs, inherited)
        return
    # Not at the top: it is there with the extra only.
    from ednas_tf.stages import ray_executor

    with ray_executor.connected(sweep.ray_address) as ray:
        yield ray_executor.OnRay(ray, sweep.jobs)


def _num_cores():
    """Returns the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
