"""Makes a page, and a model card, of what is in run folders.

Examples:
  python -m ednas_tf.report --workdir=runs/demo
  python -m ednas_tf.report --flagfile=tda2.flags
  python -m ednas_tf.report --runs=runs/tda2,runs/host --workdir=runs/both
  python -m ednas_tf.report --runs="runs/seed*" --workdir=runs/seeds
"""

from absl import flags

from ednas_tf import config

for module in (config.report, config.run):
    flags.adopt_module_key_flags(module)


def main(argv):
    """Writes `report.html`, and `MODEL_CARD.md` for one run."""
    del argv  # Checked by `config.start`.
    from ednas_tf import runs
    from ednas_tf.stages import reporting

    settings = config.from_flags()
    folder = runs.folder(settings.run.workdir, settings.data.dataset)
    reporting.run(settings, folder)
    return 0


if __name__ == "__main__":
    config.start(main)
