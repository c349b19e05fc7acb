"""Trains the network of an architecture file.

Examples:
  python -m ednas_tf.train --flagfile=cifar10.flags --data_dir=DIR
  python -m ednas_tf.train --architecture=architecture.json --dataset=cifar10
    --data_dir=DIR --train_epochs=100 --workdir=runs/again
"""

import functools

from absl import flags

from ednas_tf import config

for module in (config.run, config.data, config.train):
    flags.adopt_module_key_flags(module)


def main(argv):
    """Trains, and writes `model.keras`."""
    del argv  # Checked by `config.start`.
    from ednas_tf import runs
    from ednas_tf.stages import dry_run, final_training

    settings = config.from_flags()
    folder = runs.folder(settings.run.workdir, settings.data.dataset)
    run = runs.Run(folder, settings.defaults, not settings.run.dry_run)
    architecture = final_training.read_architecture(settings, run)
    (dataset, augmentation), searched = _prepared(architecture, settings, run)
    if settings.run.dry_run:
        given = architecture, dataset, settings, run
        print(dry_run.of_training(*given, searched=searched is not None))
        return 0
    final_training.run_stage(
        architecture, dataset, augmentation, settings, run, searched=searched
    )
    print(f"trained: {run.path(runs.MODEL)}")
    return 0


def _prepared(architecture, settings, run):
    """Returns the data, and what loads the first weights or None."""
    from ednas_tf.stages import problem, searched_weights

    if not searched_weights.are_given(settings, run):
        return problem.load_data(settings, architecture.side), None
    question = problem.prepare(settings)
    load = functools.partial(searched_weights.load, question, settings, run)
    return (question.dataset, question.augmentation), load


if __name__ == "__main__":
    config.start(main)
