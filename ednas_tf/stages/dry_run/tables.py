"""What `lut` would do, told by what it has read."""

from ednas_tf.stages.dry_run import lines


def describe(reads, work, writes):
    """Returns the description as text.

    Args:
        reads: What is read.
        work: What is done with it.
        writes: The file that is written, or None.
    """
    return "\n".join(
        [
            lines.line("reads", reads),
            lines.line("does", work),
            lines.line("writes", writes or "nothing"),
        ]
    )
