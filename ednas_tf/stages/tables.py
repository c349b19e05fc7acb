"""What `python -m ednas_tf.lut` does with tables of costs."""

import pathlib

from rich import progress

from ednas_tf import errors, hardware, measuring, spaces
from ednas_tf.hardware import importing, table_report
from ednas_tf.spaces import presets
from ednas_tf.stages import dry_run
from ednas_tf.stages import prices as pricing
from ednas_tf.stages import problem as problems


def run(config):
    """Does what `--action` says; returns the exit code."""
    actions = {
        "measure": _measure,
        "import": _import,
        "show": _show,
        "check": _check,
    }
    return actions[config.lut.action](config)


def _measure(config):
    """Times every operator of the space on this machine."""
    target = pricing.load_target(config.device, default=measuring.TARGET)
    space = _space(config)
    wanted = hardware.table.space_operators(space, target.max_depthwise_kernel)
    output = _output(config)
    if config.run.dry_run:
        reads, work = space.skeleton.name, f"times {len(set(wanted))} operators"
        return _told(reads, f"{work} for {target.id}", output)
    with progress.Progress(transient=True) as bar:
        task = bar.add_task("operators", total=len(wanted))
        table = measuring.measure(
            wanted,
            pricing.measuring_options(config.device),
            output,
            on_progress=lambda count, _: bar.update(task, completed=count),
        )
    return _written(table, output)


def _import(config):
    """Turns another tool's file into a table."""
    if config.lut.input is None:
        raise errors.UserError(
            "Expected the file to import in --input. Received none."
        )
    output = _output(config)
    rows = None
    if config.lut.model is not None:
        rows = hardware.tflite_operators.read(config.lut.model)
    # No default: a table must not claim a device that nobody named.
    named = config.device.target is not None
    table = importing.read(
        config.lut.format,
        config.lut.input,
        operators=rows,
        target=pricing.load_target(config.device) if named else None,
        dtype=config.device.dtype,
    )
    if config.run.dry_run:
        work = f"imports {len(table.entries)} entries for {table.target.id}"
        return _told(config.lut.input, work, output)
    hardware.table.write(table, output)
    return _written(table, output)


def _show(config):
    """Prints what each choice costs."""
    space = _space(config)
    target = pricing.target_of(config)
    table = pricing.read_table(config, space, target)
    if config.run.dry_run:
        work = f"shows what {space.skeleton.name} costs on {target.id}"
        return _told(config.cost.lut or "the target's model", work, None)
    print(table_report.show(table, space, target.max_depthwise_kernel))
    return 0


def _check(config):
    """Prints what is wrong with a table, a line each; 1 if anything is."""
    if config.cost.lut is None:
        raise errors.UserError(
            "Expected the table to check in --lut. Received none."
        )
    table = hardware.table.read(config.cost.lut)
    target = pricing.target_of(config)
    if config.run.dry_run:
        return _told(config.cost.lut, f"checks it for {target.id}", None)
    found = table_report.check(
        table, _space(config), target.max_depthwise_kernel
    )
    for line in found:
        print(line)
    if not found:
        print(f"{config.cost.lut}: {len(table.entries)} entries, no problem")
    return 1 if found else 0


def _told(reads, work, output):
    """Prints what the command would do; returns the exit code."""
    print(dry_run.of_tables(reads, work, output))
    return 0


def _space(config):
    """Returns the space of the flags, for the images of the dataset."""
    presets.check(config.space.space)
    names = [spaces.operations.get(n).name for n in config.space.operations]
    dataset, _ = problems.load_data(config)
    return problems.space_for(config, dataset, names)


def _output(config):
    output = config.lut.output or config.cost.lut
    if output is None:
        raise errors.UserError(
            "Expected the table to write in --output. Received none."
        )
    path = pathlib.Path(output).resolve()
    if path.is_dir() or not path.parent.is_dir():
        raise errors.UserError(
            f"Expected a file in a folder that exists for --output. Received: "
            f"{output}"
        )
    return output


def _written(table, output):
    kind = table.provenance.kind
    print(f"{output}: {len(table.entries)} entries, {kind}")
    return 0
