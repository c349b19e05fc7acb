"""The weights that a search left, for the final training to start from."""

from ednas_tf import errors, runs
from ednas_tf.networks import removal, supernet
from ednas_tf.stages import choosing, resuming
from ednas_tf.stages import problem as problems
from ednas_tf.untrusted import json_text


def are_given(config, run):
    """Whether the final training starts from the weights of the search.

    By itself it does so where channels were searched: the third step of
    multi-complexity-loss DNAS, after warm-up and search.
    """
    init = config.train.init
    if init == "auto":
        return not config.train.architecture and run.has(runs.CHANNELS)
    return init == "searched"


def load(problem, config, run):
    """Returns what the final training may start from.

    Returns:
        The supernet with the weights that the search left, and the `Removal`
        of the channels that it gave up.
    """
    net = supernet.build(
        problem.space,
        num_paths=problems.num_paths(problem.space, config),
        path_inputs=config.search.path_inputs,
        meta_kernel=config.space.meta_kernel,
        masked=problem.multiple is not None,
    )
    try:
        _check(run)
        resuming.load_weights(net, run.path(runs.SEARCHED))
    except errors.UserError as error:
        raise errors.UserError(
            f"{error} Give the same flags as for the search, or --init=scratch."
        ) from error
    kept = choosing.read_channels(run) if problem.multiple else {}
    return net, removal.Removal(problem.space.skeleton.nodes, kept)


def _check(run):
    """Raises `UserError` if the weights are not what the search left."""
    path = run.path(runs.SEARCHED)
    if not (run.has(runs.SEARCH) and path.is_file()):
        return
    known = json_text.mapping(run.read_text(runs.SEARCH), nonfinite=True)
    sha256 = known.get("searched_weights_sha256")
    resuming.check_unchanged(path, sha256, runs.SEARCH)
