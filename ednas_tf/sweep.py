"""Searches once for each of several budgets and weights: a Pareto set.

Examples:
  python -m ednas_tf.sweep --flagfile=demo.flags --workdir=runs/set
    --memory_budgets_kib=95%,85% --latency_weights=0,0.1
  python -m ednas_tf.sweep --flagfile=cifar10.flags --data_dir=DIR
    --memory_budgets_kib=75%,50%,25% --energy_weights=0,0.1,1
    --target=stm32h743 --space=resnet8 --jobs=2 --workdir=runs/resnet8
"""

from absl import flags

from ednas_tf import config

_SECONDS = 9.0
"""To stop after a signal: the points stop first."""

for module in (config.sweep, config.run, config.data, config.space):
    flags.adopt_module_key_flags(module)
for module in (config.search, config.device, config.cost, config.train):
    flags.adopt_module_key_flags(module)
for module in (config.export, config.optimize, config.evaluate):
    flags.adopt_module_key_flags(module)


def main(argv):
    """Runs the points that are not finished, and writes what they show."""
    del argv  # Checked by `config.start`.
    from ednas_tf import runs
    from ednas_tf.stages import sweeping

    settings = config.from_flags()
    folder = runs.folder(settings.run.workdir, settings.data.dataset)
    return sweeping.run(settings, folder)


if __name__ == "__main__":
    config.start(main, seconds=_SECONDS)
