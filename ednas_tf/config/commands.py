"""The commands of the package, and which shared flags mean nothing to them."""

COMMANDS = {
    "search": "search, then train and export (--through)",
    "train": "train the network of an architecture file",
    "export": "write SavedModel and TFLite files",
    "evaluate": "measure every file on the test split",
    "report": "draw what one or several runs found",
    "sweep": "search for each of several budgets",
    "lut": "measure, import, show and check cost tables",
}
"""What each command is for, in the order in which they are used."""
IDLE = {
    "search": ("architecture",),
    "train": ("through",),
    "export": ("through", "dtype", "threads", "kernels"),
    "evaluate": ("through", "augment", "batch_size"),
    "sweep": ("through", "architecture"),
    "lut": ("augment", "batch_size"),
    "report": ("through", "deterministic", "profile", "seed"),
}
"""Flags of a group that the command takes, as all do, but does not look at."""
