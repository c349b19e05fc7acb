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
    from ednas_tf.stages import final_training, problem, searching

    settings = config.from_flags()
    run = runs.Run(runs.folder(settings.run.workdir, settings.data.dataset))
    architecture = final_training.read_architecture(settings, run)
    if searching.gives_weights(settings, run):
        question = problem.prepare(settings)
        dataset, augmentation = question.dataset, question.augmentation
        searched = functools.partial(
            searching.load_searched, question, settings, run
        )
    else:
        dataset, augmentation = problem.load_data(settings, architecture.side)
        searched = None
    final_training.run_stage(
        architecture, dataset, augmentation, settings, run, searched=searched
    )
    print(f"trained: {run.path(runs.MODEL)}")
    return 0


if __name__ == "__main__":
    config.start(main)
