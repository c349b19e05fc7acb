"""Measures every artifact of a run on the whole test split.

Examples:
  python -m ednas_tf.evaluate --flagfile=cifar10.flags --data_dir=DIR
  python -m ednas_tf.evaluate --flagfile=tda2.flags --data_dir=DIR
    --simulate=tidl
"""

from absl import flags

from ednas_tf import config

for module in (config.run, config.data, config.evaluate):
    flags.adopt_module_key_flags(module)


def main(argv):
    """Evaluates, and writes `metrics.json`."""
    del argv  # Checked by `config.start`.
    from ednas_tf import runs
    from ednas_tf.stages import dry_run, evaluating, final_training, problem

    settings = config.from_flags()
    folder = runs.folder(settings.run.workdir, settings.data.dataset)
    run = runs.Run(folder, settings.defaults, not settings.run.dry_run)
    architecture = final_training.read_architecture(settings, run)
    dataset, _ = problem.load_data(settings, architecture.side)
    if settings.run.dry_run:
        print(dry_run.of_evaluation(architecture, dataset, settings, run))
        return 0
    evaluating.run_stage(architecture, dataset, settings, run)
    return 0


if __name__ == "__main__":
    config.start(main)
