"""Signals end a command at once, or when its state is saved."""

import signal
import subprocess
import sys
import time

import pytest

from ednas_tf import interruption

_BEGIN = "import time, signal, sys; from ednas_tf import interruption as i\n"


@pytest.fixture(autouse=True)
def _handlers():
    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, interruption._handle)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (signal.SIGTERM, interruption.Terminated),
        (signal.SIGINT, KeyboardInterrupt),
    ],
)
def test_a_signal_ends_at_once_where_nobody_waits_for_it(number, expected):
    with pytest.raises(expected):
        signal.raise_signal(number)


def test_a_signal_waits_until_it_is_asked_for():
    done = []
    with pytest.raises(interruption.Terminated), interruption.deferred():
        assert interruption.pending() is None
        signal.raise_signal(signal.SIGTERM)
        assert interruption.pending() >= 0
        done.append("saved")
        interruption.check()
    assert done == ["saved"]
    assert interruption.pending() is None


def test_a_signal_that_nobody_asked_for_ends_the_block():
    with pytest.raises(KeyboardInterrupt), interruption.deferred():
        signal.raise_signal(signal.SIGINT)


def test_a_second_signal_does_not_wait(monkeypatch):
    monkeypatch.setattr(interruption, "_TOGETHER_SECONDS", -1.0)
    with pytest.raises(KeyboardInterrupt), interruption.deferred():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("went on")


def test_signals_that_come_together_are_one():
    # Ctrl-C reaches a point of a sweep, and then the sweep ends its points.
    done = []
    with pytest.raises(KeyboardInterrupt), interruption.deferred():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        done.append("saved")
        interruption.check()
    assert done == ["saved"]


def test_an_error_in_the_block_is_not_replaced():
    with pytest.raises(ZeroDivisionError), interruption.deferred():
        signal.raise_signal(signal.SIGTERM)
        raise ZeroDivisionError
    assert interruption.pending() is None


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_a_process_that_hears_nothing_is_ended(number, code):
    # Its own C++ would hold the main thread; here the handlers do.
    script = _BEGIN + (
        "i.install(0.5)\n"
        "signal.signal(signal.SIGTERM, lambda *_: time.sleep(30))\n"
        "signal.signal(signal.SIGINT, lambda *_: time.sleep(30))\n"
        "print('ready', flush=True); time.sleep(30)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE
    )
    process.stdout.readline()
    began = time.monotonic()
    process.send_signal(number)
    assert process.wait(20) == code
    assert time.monotonic() - began < 10


def test_a_process_is_ended_though_nothing_can_be_told():
    script = _BEGIN + (
        "i.install(0.1)\n"
        "signal.signal(signal.SIGTERM, lambda *_: time.sleep(30))\n"
        "signal.raise_signal(signal.SIGTERM)\n"
    )
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, stderr=full, timeout=20, check=False)
    assert done.returncode == 143


def test_a_job_in_the_background_goes_on_ignoring_ctrl_c():
    script = _BEGIN + (
        "signal.signal(signal.SIGINT, signal.SIG_IGN); i.install()\n"
        "signal.raise_signal(signal.SIGINT); print('goes on')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"goes on\n")
