"""What `train` would do."""

from ednas_tf import errors, runs
from ednas_tf.data import pipeline
from ednas_tf.stages import final_training
from ednas_tf.stages.dry_run import lines


def describe(architecture, dataset, config, run, searched):
    """Returns the description as text; raises `UserError`.

    Args:
        architecture: The `Architecture`.
        dataset: The `Dataset`.
        config: The `Config`.
        run: The `Run`.
        searched: Whether the first weights are those of the search.
    """
    values = final_training.check(architecture, dataset, config, run)
    found = run.look("train", values, config.run.overwrite)
    if searched and not run.has(runs.SEARCHED):
        raise errors.UserError(
            f"Expected the weights {run.path(runs.SEARCHED)}, which are "
            "missing. Run the search again with --overwrite."
        )
    last = (runs.MODEL, runs.TRAIN)
    written = [*last, runs.TRAIN_HISTORY, runs.ARCHITECTURE, runs.FLAGS]
    if config.train.reparameterize:
        written.append(runs.REPARAMETERIZATION)
    return "\n".join(
        [
            lines.line(
                "reads",
                config.train.architecture or run.path(runs.ARCHITECTURE),
            ),
            lines.network(architecture),
            *lines.data(dataset),
            work(dataset, config, searched),
            lines.folder(run, "train", found, last, config.run.overwrite),
            lines.writes([*written, runs.TENSORBOARD, runs.TRAIN_STATE]),
        ]
    )


def work(dataset, config, searched):
    """Returns the line about the epochs and what they begin with."""
    batch = config.data.batch_size
    steps = pipeline.count_steps(dataset.splits.train, batch)
    origin = "weights of the search" if searched else "new weights"
    branches = ", summed branches" if config.train.reparameterize else ""
    return lines.line(
        "train",
        f"{config.train.train_epochs} epochs of {steps} steps of {batch}, "
        f"from {origin}{branches}",
    )
