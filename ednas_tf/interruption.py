"""Signals that ask a command to stop: it saves what it can, then goes.

Elsewhere they end the command at once. Where a state is about to be saved
(`deferred`) they wait until `check` is asked, and if that takes too long, as
in a call of C++ that Python cannot look into, the process ends all the same:
files in the run folder are whole or not there.
"""

import contextlib
import os
import signal
import sys
import threading
import time

TERMINATED = 143
INTERRUPTED = 130
SECONDS = 7.0
"""How long a command has to stop by itself; told to users is 10 s."""
_TOGETHER_SECONDS = 1.0
"""Signals this close are one: a terminal tells a sweep and its points, and
then the sweep tells its points."""
AGAIN = "Interrupted. The same command, without --overwrite, goes on."


class Terminated(SystemExit):
    """SIGTERM came: exit code 143."""

    def __init__(self):
        super().__init__(TERMINATED)


class _Pending:
    """What has come, and how many sections want to hear of it later."""

    def __init__(self):
        self.number = None
        self.since = 0.0
        self.depth = 0


_pending = _Pending()


def install(seconds=SECONDS):
    """Handles SIGTERM and SIGINT from here on; for the main thread.

    Args:
        seconds: How long the process may take to stop.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        # A shell that starts a job in the background ignores SIGINT for it.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _handle)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    arguments = reader, seconds
    threading.Thread(target=_watch, args=arguments, daemon=True).start()


@contextlib.contextmanager
def deferred():
    """Lets signals wait for `check` within the block."""
    _pending.depth += 1
    try:
        yield
    finally:
        _pending.depth -= 1
        if not _pending.depth:
            number, _pending.number = _pending.number, None
    if not _pending.depth and number is not None:
        _stop(number)


def pending():
    """Returns the seconds since a signal came that waits, None without."""
    if _pending.number is None:
        return None
    return time.monotonic() - _pending.since


def check():
    """Ends the command if a signal waits."""
    if _pending.number is not None:
        number, _pending.number = _pending.number, None
        _stop(number)


def leaving(main):
    """Returns `main`, which ends the process where a signal ended it.

    All is saved and cleared away by then, and TensorFlow's threads may take
    seconds to end by themselves.

    Args:
        main: Function of the arguments that returns an exit code.
    """

    def run(argv):
        code = main(argv)
        if code in _CODES.values():
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError):  # The disk may be full.
                    stream.flush()
            os._exit(code)
        return code

    return run


def _handle(number, frame):
    del frame
    if _pending.depth and _pending.number is None:
        _pending.number, _pending.since = number, time.monotonic()
    elif not _pending.depth or pending() > _TOGETHER_SECONDS:
        # Nobody waits for it, or it came twice.
        _pending.number = None
        _stop(number)


def _stop(number):
    if number == signal.SIGTERM:
        raise Terminated
    raise KeyboardInterrupt


def _watch(reader, seconds):
    """Ends a process that a signal has reached and that goes on."""
    # Written by the interpreter's C code, whatever the main thread does.
    while (number := os.read(reader, 1)[0]) not in _CODES:
        pass
    time.sleep(seconds)
    with contextlib.suppress(OSError):  # The disk may be full.
        print(f"error: {AGAIN}", file=sys.stderr, flush=True)
    os._exit(_CODES[number])


_CODES = {signal.SIGTERM: TERMINATED, signal.SIGINT: INTERRUPTED}
