"""Lists the commands, and prints scripts that complete them in a shell."""

import sys

from ednas_tf.config import guarding, listing


def main(argv):
    """Answers; returns the exit code."""
    answer = guarding.guarded(lambda _: listing.answer(argv))
    return answer(argv[:1])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
