"""Versions of the packages that results depend on."""

from importlib import metadata

_PACKAGES = (
    "tensorflow",
    "keras",
    "tensorflow-datasets",
    "ai-edge-litert",
    "numpy",
    "scipy",
)


def installed():
    """Returns the version of each package by name."""
    return {name: metadata.version(name) for name in _PACKAGES}
