"""Tests of `tools/comparison/jobs.py`."""

import threading
from concurrent import futures

import pytest

from ednas_tf import errors, runs
from tools.comparison import jobs


@pytest.fixture
def done(monkeypatch):
    """What workers were given; they do as they are told in `answers`."""
    found = []

    def do(self, job, folder):
        found.append((job, sorted(path.name for path in folder.iterdir())))
        if job.get("fails"):
            (folder / "half").touch()
            raise errors.UserError("no")
        result = {"answer": job["number"] + 1}
        runs.write_text(folder / jobs.RESULT, runs.to_json(result))
        return result

    monkeypatch.setattr(jobs._Worker, "do", do)
    return found


def test_a_job_is_done_once(tmp_path, done):
    for _ in range(2):
        pool = jobs.Jobs(tmp_path, 1)
        assert pool.run("add", number=1)["answer"] == 2
        pool.close()
    assert len(done) == 1


def test_one_comparison_at_a_time_in_a_folder(tmp_path, done):
    pool = jobs.Jobs(tmp_path, 1)
    with pytest.raises(errors.UserError, match="Another comparison works"):
        jobs.Jobs(tmp_path, 1)
    pool.close()
    jobs.Jobs(tmp_path, 1).close()


def test_no_job_starts_after_the_end(tmp_path, done):
    pool = jobs.Jobs(tmp_path, 1)
    pool.close()
    with pytest.raises(errors.UserError, match="Stopped before"):
        pool.run("add", number=1)
    assert not done


def test_what_ends_the_threads_ends_the_jobs(tmp_path, done):
    pool = jobs.Jobs(tmp_path, 1)
    with pytest.raises(KeyboardInterrupt), pool.threads(1):
        raise KeyboardInterrupt
    with pytest.raises(errors.UserError, match="Stopped before"):
        pool.run("add", number=1)


def test_jobs_differ_by_their_values(tmp_path, done):
    pool = jobs.Jobs(tmp_path, 1)
    assert pool.run("add", number=1)["answer"] == 2
    assert pool.run("add", number=2)["answer"] == 3
    assert len({pool.run("add", number=n)["folder"] for n in (1, 2)}) == 2


def test_order_of_values_is_no_difference(tmp_path):
    pool = jobs.Jobs(tmp_path, 1)
    first = pool.folder_of({"kind": "add", "a": 1, "b": 2})
    assert first == pool.folder_of({"b": 2, "kind": "add", "a": 1})


def test_broken_job_begins_again_in_an_empty_folder(tmp_path, done):
    pool = jobs.Jobs(tmp_path, 1)
    for _ in range(2):
        with pytest.raises(errors.UserError, match="no"):
            pool.run("add", number=1, fails=True)
    assert [names for _, names in done] == [["job.json"], ["job.json"]]


def test_two_that_need_one_job_wait_for_it(tmp_path, done, monkeypatch):
    started, slow = threading.Event(), jobs._Worker.do

    def do(self, job, folder):
        started.set()
        threading.Event().wait(0.2)
        return slow(self, job, folder)

    monkeypatch.setattr(jobs._Worker, "do", do)
    pool = jobs.Jobs(tmp_path, 2)
    with futures.ThreadPoolExecutor(2) as threads:
        found = [threads.submit(pool.run, "add", number=1) for _ in range(2)]
    assert [each.result()["answer"] for each in found] == [2, 2]
    assert len(done) == 1


def test_worker_tells_a_mistake_and_lives_on(tmp_path):
    pool = jobs.Jobs(tmp_path, 1)
    try:
        for _ in range(2):
            with pytest.raises(errors.UserError, match="price"):
                pool.run("prise")
    finally:
        pool.close()
