"""The same points on a Ray cluster that the test starts."""

import socket
import sys

import pytest

from ednas_tf import errors
from ednas_tf.stages import point_runs, ray_executor
from tests.stages import fake_points


@pytest.fixture(scope="module")
def cluster():
    """Address of a cluster of two workers with a core each."""
    pytest.importorskip("ray", reason="Ray has no wheel for this Python")
    from ray import cluster_utils

    made = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1}
    )
    made.add_node(num_cpus=1)
    yield made.address
    made.shutdown()


def test_points_run_as_tasks_and_fail_alone(cluster, tmp_path):
    codes = {"a": "", "b": "raise SystemExit(3)", "c": "print(1); 1 / 0"}
    made = [
        fake_points.make(tmp_path, name, code) for name, code in codes.items()
    ]
    started = []
    with ray_executor.connected(cluster) as ray:
        executor = ray_executor.OnRay(ray, jobs=2)
        found = {o.name: o for o in executor.run(made, started.append)}
    assert started == made
    statuses = [found[name].status for name in "abc"]
    assert statuses == ["done", "infeasible", "failed"]
    assert "ZeroDivisionError" in found["c"].error


def test_workers_run_at_once_with_a_core_each(cluster, tmp_path):
    code = (
        "import os, pathlib, time; pathlib.Path(r'{}').touch()\n"
        "while not pathlib.Path(r'{}').exists(): time.sleep(0.01)\n"
        "assert os.environ['TF_NUM_INTRAOP_THREADS'] == '1'"
    )
    files = [str(tmp_path / name) for name in ("x", "y")]
    made = [
        fake_points.make(tmp_path, "a", code.format(*files)),
        fake_points.make(tmp_path, "b", code.format(*reversed(files))),
    ]
    with ray_executor.connected(cluster) as ray:
        executor = ray_executor.OnRay(ray, jobs=2)
        found = list(executor.run(made, lambda point: None))
    assert [outcome.status for outcome in found] == ["done", "done"]


def test_a_worker_that_dies_fails_its_point_alone(cluster, tmp_path):
    kill = "import os; os.kill(os.getppid(), 9)"
    made = [fake_points.make(tmp_path, "a", kill)]
    made.append(fake_points.make(tmp_path, "b"))
    with ray_executor.connected(cluster) as ray:
        executor = ray_executor.OnRay(ray, jobs=2)
        found = {o.name: o for o in executor.run(made, lambda point: None)}
    assert (found["a"].status, found["b"].status) == ("failed", "done")
    assert point_runs.recorded(made[0]) == found["a"]
    assert found["a"].error


def test_share_is_what_one_machine_has():
    nodes = [
        {"Alive": True, "Resources": {"CPU": cores}} for cores in (8, 8, 4)
    ]
    assert ray_executor.share(nodes, jobs=5) == 4
    assert ray_executor.share(nodes, jobs=2) == 8
    assert ray_executor.share(nodes, jobs=99) == 1


def test_a_cluster_without_cores_is_one_line():
    nodes = [{"Alive": False, "Resources": {"CPU": 4}}]
    with pytest.raises(errors.UserError, match="no machine has one"):
        ray_executor.share(nodes, jobs=1)


def test_missing_ray_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(errors.UserError, match=r"ednas_tf\[ray\]"),
        ray_executor.connected(None),
    ):
        pass


def test_an_address_where_nobody_listens_is_one_line():
    pytest.importorskip("ray", reason="Ray has no wheel for this Python")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with (
        pytest.raises(errors.UserError, match="--ray_address=127"),
        ray_executor.connected(address),
    ):
        pass


def test_no_cluster_to_find_is_one_line(monkeypatch, tmp_path):
    ray = pytest.importorskip("ray", reason="Ray has no wheel for this Python")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)

    def refuse(address, **_):
        raise ConnectionError("Could not find any running Ray instance.\nMore")

    monkeypatch.setattr(ray, "init", refuse)
    with (
        pytest.raises(errors.UserError, match="Could not find any running"),
        ray_executor.connected("auto"),
    ):
        pass
