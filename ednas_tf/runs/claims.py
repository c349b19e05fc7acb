"""One process at a time works in a run folder."""

import fcntl
import os
import weakref

from ednas_tf import errors
from ednas_tf.runs import files

_claims = weakref.WeakValueDictionary()


class Claim:
    """What a process has while it works in a folder; it ends with it.

    Args:
        descriptor: Number of the open folder, which is locked.
    """

    def __init__(self, descriptor):
        weakref.finalize(self, os.close, descriptor)


def claim(folder):
    """Returns the `Claim` of a folder, to be kept while it is written to.

    The folder itself is locked: there is no file that a kill would leave.

    Args:
        folder: Path of the folder, which exists.

    Raises:
        UserError: If another process has it.
    """
    found = attempt(folder)
    if found is None:
        raise errors.UserError(
            f"Expected {folder} to be idle. Another command works on it; wait "
            "for it or end it."
        )
    return found


def attempt(folder):
    """Returns the `Claim` of a folder, or None if another process has it."""
    with files.told(folder, "read"):
        descriptor = os.open(folder, os.O_RDONLY)
    status = os.fstat(descriptor)
    key = status.st_dev, status.st_ino
    known = _claims.get(key)
    if known is not None:  # By another `Run` of this process.
        os.close(descriptor)
        return known
    found = Claim(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError:
        pass  # Some disks of a network know no locks; all goes on without.
    _claims[key] = found
    return found
