"""Points of a sweep as tasks of a Ray cluster."""

import contextlib
import logging
import os
import signal
import socket

from ednas_tf import errors, extras
from ednas_tf.reporting import rows
from ednas_tf.stages import point_runs

_CONNECT_SECONDS = 5.0
_CANCEL_SECONDS = 30.0
_TERMINATED = 143


class OnRay:
    """Runs points as tasks, which need the sweep's folder on every machine.

    Args:
        ray: The module, connected to a cluster.
        jobs: Points at once; they share the cores of the cluster.
    """

    def __init__(self, ray, jobs):
        self._ray = ray
        self._jobs = jobs
        self._cpus = share(ray.nodes(), jobs)

    def run(self, points, on_start):
        """Yields the `Outcome` of each point as it ends.

        Args:
            points: `Point` values.
            on_start: Function of the point that is handed over.
        """
        task = self._ray.remote(num_cpus=self._cpus, max_retries=0)(
            point_runs.run_point
        )
        waiting, running = list(points), {}
        try:
            while waiting or running:
                while waiting and len(running) < self._jobs:
                    point = waiting.pop(0)
                    on_start(point)
                    running[task.remote(point, self._cpus)] = point
                for ended in self._ray.wait(list(running))[0]:
                    yield self._outcome(ended, running.pop(ended))
        finally:
            self._cancel(list(running))

    def _outcome(self, ended, point):
        try:
            return self._ray.get(ended)
        # A worker that died, or a machine without our package.
        except self._ray.exceptions.RayError as error:
            lines = str(error).strip().splitlines() or ["the task died"]
            outcome = point_runs.Outcome(
                point.name, rows.FAILED, error=lines[-1]
            )
            point_runs.record(point, outcome)
            return outcome

    def _cancel(self, tasks):
        """Interrupts tasks, which end their processes."""
        for task in tasks:
            self._ray.cancel(task)
        if tasks:
            self._ray.wait(
                tasks, num_returns=len(tasks), timeout=_CANCEL_SECONDS
            )


@contextlib.contextmanager
def connected(address):
    """Gives the module `ray`, connected; raises `UserError`.

    Args:
        address: The cluster, as `10.0.0.1:6379` or `auto`; None for a new
            one on this machine.
    """
    ray = extras.load("ray", "ray", "Expected Ray for --executor=ray")
    if ray.is_initialized():
        yield ray
        return
    _check_reachable(address)
    # A search tells nobody of itself.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    on_end = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(
            address,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        raise _unreachable(address, errors.first_line(error)) from error
    # Ray's own handler aborts the process, and leaves tasks under way.
    signal.signal(signal.SIGTERM, on_end)
    try:
        yield ray
    except SystemExit as error:
        # The only one is that of the signal; Ray passes it on with another
        # exit code.
        raise SystemExit(_TERMINATED) from error
    finally:
        ray.shutdown()


def share(nodes, jobs):
    """Returns the cores of a task: a share of all that some machine has."""
    cores = [node["Resources"].get("CPU", 0) for node in nodes if node["Alive"]]
    if max(cores, default=0) < 1:
        raise errors.UserError(
            "Expected a Ray cluster with a core. Received: no machine has one."
        )
    return int(max(1, min(max(cores), sum(cores) // jobs)))


def _check_reachable(address):
    """Raises `UserError` where nobody listens, on which Ray waits long."""
    place = (address or "").removeprefix("ray://")
    host, _, port = place.rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
    except OSError as error:
        raise _unreachable(address, error.strerror or error) from error


def _unreachable(address, reason):
    return errors.UserError(
        f"Expected a Ray cluster at --ray_address={address}. Received: {reason}"
    )
