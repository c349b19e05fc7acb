"""Searches for the network that fits a device best, trains and exports it.

Examples:
  python -m ednas_tf.search --flagfile=demo.flags
  python -m ednas_tf.search --flagfile=cifar10.flags --data_dir=DIR --dry_run
  python -m ednas_tf.search --dataset=folder:photos --image_size=32
    --target=tda2 --latency_budget_us=18000 --workdir=runs/photos
"""

from absl import flags

from ednas_tf import config

for module in (config.run, config.data, config.space, config.search):
    flags.adopt_module_key_flags(module)
for module in (config.device, config.cost, config.train, config.export):
    flags.adopt_module_key_flags(module)
for module in (config.optimize, config.evaluate):
    flags.adopt_module_key_flags(module)


def main(argv):
    """Runs the stages from the search through `--through`."""
    del argv  # Checked by `config.start`.
    from ednas_tf import runs
    from ednas_tf.stages import dry_run, in_order, problem

    settings = config.from_flags()
    runs.set_seed(settings.run.seed, settings.run.deterministic)
    question = problem.prepare(settings)
    folder = runs.folder(settings.run.workdir, settings.data.dataset)
    run = runs.Run(folder, settings.defaults, not settings.run.dry_run)
    if settings.run.dry_run:
        print(dry_run.of_search(question, settings, run))
        return 0
    in_order.run_through(question, settings, run)
    return 0


if __name__ == "__main__":
    config.start(main)
