"""What a network costs on a device: targets, tables and cost models."""

from ednas_tf.hardware import (
    channel_costs,
    channel_layout,
    costs,
    models,
    table,
    targets,
    tflite_operators,
)
from ednas_tf.hardware.costs import COSTS, CostTable
from ednas_tf.hardware.entries import Entry, key
from ednas_tf.hardware.filling import POLICIES
from ednas_tf.hardware.table import Provenance, Table, Tool
from ednas_tf.hardware.targets import Device, Target, Term

__all__ = [
    "COSTS",
    "POLICIES",
    "CostTable",
    "Device",
    "Entry",
    "Provenance",
    "Table",
    "Target",
    "Term",
    "Tool",
    "channel_costs",
    "channel_layout",
    "costs",
    "key",
    "models",
    "table",
    "targets",
    "tflite_operators",
]
