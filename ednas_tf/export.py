"""Exports a trained network as SavedModel and TFLite.

Examples:
  python -m ednas_tf.export --flagfile=cifar10.flags --data_dir=DIR
  python -m ednas_tf.export --flagfile=cifar10.flags --data_dir=DIR
    --formats=int8 --quantize=qat --qat_epochs=3 --overwrite
"""

from absl import flags

from ednas_tf import config

for module in (config.run, config.data, config.device):
    flags.adopt_module_key_flags(module)
for module in (config.export, config.optimize):
    flags.adopt_module_key_flags(module)


def main(argv):
    """Exports, and writes `export.json`."""
    del argv  # Checked by `config.start`.
    from ednas_tf import runs
    from ednas_tf.stages import dry_run, exporting, final_training, problem

    settings = config.from_flags()
    folder = runs.folder(settings.run.workdir, settings.data.dataset)
    run = runs.Run(folder, settings.defaults, not settings.run.dry_run)
    model = final_training.load_model(run)
    architecture = final_training.read_architecture(settings, run)
    prepared = problem.load_data(settings, architecture.side)
    if settings.run.dry_run:
        print(dry_run.of_export(architecture, prepared[0], settings, run))
        return 0
    exporting.run_stage(architecture, model, prepared, settings, run)
    return 0


if __name__ == "__main__":
    config.start(main)
