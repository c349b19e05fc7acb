"""Points that run a few lines of Python in place of a search."""

from ednas_tf.stages import points


def make(root, name="a", code=""):
    """Returns the `Point` of a folder below `root` that runs `code`."""
    return points.Point(
        name=name,
        folder=str(root / name),
        flag_lines="--seed=3\n",
        values={},
        arguments=("-c", code),
    )
