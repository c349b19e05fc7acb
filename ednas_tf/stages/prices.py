"""What the operators of a space cost, and on which device."""

import dataclasses

from rich import progress

from ednas_tf import errors, hardware, measuring, runs
from ednas_tf.hardware.pricing import Pricing
from ednas_tf.spaces import channels

_DEFAULT_TARGET = "tda2"
_MOST_MEASURED = 256
"""Operators of all widths: two minutes of measuring."""
_MEASURED_SHARES = (0.5, 0.25, 0.125)
"""Of all channels: widths that are measured where there are more operators;
others lie in between."""


@dataclasses.dataclass(frozen=True, eq=False)
class Prices:
    """What the operators of a space cost, and who says so.

    Attributes:
        table: The `Table` of `--lut`, of this machine, or of the target.
        table_sha256: Hash of the file of `--lut`, or of the table.
        costs: The `CostTable` or, with channels, the `ChannelCosts`.
        pricing: The `Pricing` that they come from.
        confidence: What the target says of its own model; None of a table
            of `--lut`.
    """

    table: hardware.Table
    table_sha256: str
    costs: hardware.CostTable
    pricing: Pricing
    confidence: str | None = None

    @property
    def status(self):
        """What the figures are, as told to a user."""
        measured = self.table.provenance.measured
        told = "measured" if measured else "modelled"
        if self.confidence == "low":
            told += " with low confidence"
        if self.costs.filled:
            told += f", {self.costs.filled} entries estimated"
        count = self.costs.extrapolated
        return f"{told}, {count} operators extrapolated" if count else told


def target_of(config):
    """Returns the `Target` of `--target`, else the one of the table `--lut`.

    A table of a device that is none of ours has no limits but its entries.
    """
    if config.device.target is not None or config.cost.lut is None:
        return load_target(config.device)
    device = hardware.table.read(config.cost.lut).target
    if device.id not in hardware.targets.names():
        return hardware.targets.unlimited(device)
    return load_target(config.device, device.id, device.core)


def load_target(device, default=_DEFAULT_TARGET, core=None):
    """Returns the `Target` of the flags, or else the default one.

    Args:
        device: The `DeviceConfig`.
        default: Name of the target where `--target` says nothing.
        core: Its core where `--core` says nothing, if it has one so called.
    """
    if device.target is not None:
        return hardware.targets.load(device.target, device.core)
    target = hardware.targets.load(default)
    known = core if core in target.known_cores else None
    return target.on(device.core or known)


def price(config, space, target, multiple=None):
    """Returns the `Prices` of a space; called again when `--lut` changes.

    Args:
        config: The `Config`.
        space: The `SearchSpace`.
        target: The `Target`.
        multiple: Channels that stay or go together; None searches none.
    """
    lut = config.cost.lut
    table = read_table(config, space, target, multiple)
    _check_model(table, target, config.cost)
    pricing = _pricing(config, target, table, multiple)
    if multiple is None:
        costs = pricing.of_space(space)
    else:
        costs = hardware.channel_costs.build(
            space, multiple, target, pricing.table, pricing.missing
        )
    sha256 = table.sha256 if lut is None else runs.sha256(lut)
    confidence = target.confidence if lut is None else None
    return Prices(table, sha256, costs, pricing, confidence)


def _pricing(config, target, table, multiple):
    """Returns the `Pricing` of a table, or of the target's model."""
    missing = config.cost.lut_missing
    if multiple is None or config.cost.lut is not None:
        return Pricing(target, table, missing)
    if target.measured:
        # A width that was not measured lies between two that were.
        return Pricing(target, table, "interpolate")
    # Its model knows every width, not only those of the whole network.
    return Pricing(target)


def _check_model(table, target, cost):
    """Raises `UserError` unless the target's model is for the table's device.

    It is for `--lut_missing=model` that it must be.
    """
    if cost.lut_missing != "model":
        return
    if table.target.id != target.id:
        raise errors.UserError(
            f"The table {cost.lut} is for {table.target.id}, the model for "
            f"{target.id}. Choose another --target or --lut_missing."
        )
    if table.target.core not in (None, target.core):
        raise errors.UserError(
            f"The table {cost.lut} is for the core {table.target.core}, the "
            f"model for {target.core}. Choose another --core or --lut_missing."
        )


def read_table(config, space, target, multiple=None):
    """Returns the table of `--lut`, of this machine, or of the target."""
    if config.cost.lut is not None:
        return hardware.table.read(config.cost.lut)
    if target.measured:
        options = measuring_options(config.device)
        further = _narrower(space, multiple)
        return _measured(space, options, further, not config.run.dry_run)
    if not target.cycles:
        raise errors.UserError(
            f"The target {target.id} has no cost model. Give a table with "
            "--lut; `python -m ednas_tf.lut --action=import` makes one."
        )
    return hardware.table.generate(space, target)


def measuring_options(device):
    """Returns how operators are timed here, from the `DeviceConfig`."""
    return measuring.Options(
        dtype=device.dtype,
        threads=device.threads,
        xnnpack=device.kernels == "xnnpack",
    )


def _narrower(space, multiple):
    """Returns operators with fewer channels, if channels are searched."""
    groups = channels.groups(space.skeleton.nodes) if multiple else ()
    if not groups:
        return ()
    layout = hardware.channel_layout.Layout.of(space, multiple)
    rows = dict.fromkeys(row for _, some in layout.narrowed() for row in some)
    if len(rows) <= _MOST_MEASURED:
        return tuple(rows)
    spaces = [
        space.narrowed(
            {
                g.name: channels.nearest(share * g.size, g.size, multiple)
                for g in groups
            }
        )
        for share in _MEASURED_SHARES
    ]
    return tuple(
        row for each in spaces for row in hardware.table.space_operators(each)
    )


def _measured(space, options, further, keep):
    with progress.Progress(transient=True) as bar:
        task = bar.add_task("measuring this machine's operators", total=None)
        return measuring.host_table(
            space,
            options,
            further=further,
            keep=keep,
            on_progress=lambda count, total: bar.update(
                task, completed=count, total=total
            ),
        )
