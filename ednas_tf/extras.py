"""Packages that only some users need, which come with our extras."""

import importlib

from ednas_tf import errors


def load(module, extra, missing):
    """Imports a module of a package that may not be there.

    Args:
        module: Full name of the module.
        extra: Name of the extra that brings it.
        missing: What to say without it, such as "Expected A for B".

    Raises:
        UserError: If it is not installed.
    """
    try:
        importlib.import_module(module.partition(".")[0])
        return importlib.import_module(module)
    except ImportError as error:
        raise errors.UserError(
            f"{missing}: pip install 'ednas_tf[{extra}]'."
        ) from error
