"""What a run is about: data, space, and costs of the device."""

import dataclasses
import math

import numpy as np

from ednas_tf import data, errors, hardware, spaces
from ednas_tf.data import pipeline, recipes
from ednas_tf.searchers import Objective, decode
from ednas_tf.spaces import channels, presets
from ednas_tf.stages import bundling
from ednas_tf.stages import prices as pricing


@dataclasses.dataclass(frozen=True, eq=False)
class Problem:
    """Everything that a search needs to know.

    Attributes:
        dataset: The `Dataset`.
        augmentation: The `Augmentation` of the training images.
        space: The `SearchSpace`.
        target: The `Target`.
        prices: The `Prices` of the space on the target.
        objectives: One `Objective` per cost that enters the loss.
        budgets: Budget by cost name, of the costs that have one.
        multiple: Channels that stay or go together; None searches none.
    """

    dataset: data.Dataset
    augmentation: data.Augmentation
    space: spaces.SearchSpace
    target: hardware.Target
    prices: pricing.Prices
    objectives: tuple
    budgets: dict
    multiple: int | None = None

    @property
    def costs(self):
        """The `CostTable` or, with channels, the `ChannelCosts`."""
        return self.prices.costs

    @property
    def groups(self):
        """Groups of channels that are searched."""
        nodes = self.space.skeleton.nodes
        return channels.groups(nodes) if self.multiple else ()

    @property
    def size(self):
        """Number of architectures that the search chooses from."""
        counts = (
            len(channels.allowed(group.size, self.multiple))
            for group in self.groups
        )
        return self.space.size * math.prod(counts)


def load_data(config, side=None):
    """Returns the `Dataset` and the `Augmentation` that the flags ask for.

    Args:
        config: The `Config`.
        side: Side of the images where `--image_size` says nothing; by default
            the one that the space is made for. Audio and features have none.
    """
    spec = data.DataSpec(
        name=config.data.dataset,
        data_dir=config.data.data_dir,
        download=config.data.download,
        image_size=config.data.image_size,
        preferred_size=side or _preferred_side(config),
        sample_rate=config.data.sample_rate,
        max_examples=config.data.max_examples,
        alpha_split=config.search.alpha_split,
        validation_split=config.data.validation_split,
        seed=config.run.seed,
        task=config.data.task,
        train_split=config.data.train_split,
        test_split=config.data.test_split,
    )
    dataset = data.load(spec)
    bundling.check_data(config.export, dataset)
    augmentation = recipes.parse(
        config.data.augment,
        config.data.dataset,
        dataset.input_shape,
        dataset.kind,
        dataset.task,
    )
    return dataset, augmentation


def prepare(config, prepared=None):
    """Returns the `Problem` that the flags describe; raises `UserError`.

    All that can be refused is refused here, before a run folder is touched.

    Args:
        config: The `Config`.
        prepared: What `load_data` returned for the same flags of the data, if
            it was called before.
    """
    target = pricing.target_of(config)
    bundling.check(config.export, target)
    operations = [
        spaces.operations.get(n).name for n in config.space.operations
    ]
    presets.check(config.space.space)
    dataset, augmentation = prepared or load_data(config)
    num_steps(dataset, config)
    space = space_for(config, dataset, operations)
    _check_paths(config, space)
    multiple = _multiple(config, space)
    wanted = config.cost.wanted
    budgets = {n: b for n, (_, b) in wanted.items() if b is not None}
    prices = pricing.price(config, space, target, multiple)
    _check_known(wanted, target, prices.costs)
    _check_reachable(space, prices.costs, budgets, multiple)
    return Problem(
        dataset=dataset,
        augmentation=augmentation,
        space=space,
        target=target,
        prices=prices,
        objectives=_objectives(wanted),
        budgets=budgets,
        multiple=multiple,
    )


def space_for(config, dataset, operations):
    """Returns the `SearchSpace` of the flags for images of a dataset.

    Args:
        config: The `Config`.
        dataset: The `Dataset`.
        operations: Names of the candidates.
    """
    skeleton = presets.build(
        config.space.space,
        dataset.input_shape,
        dataset.num_classes,
        stem_kernel=config.space.stem_kernel,
        topology=config.space.topology,
        task=config.data.task,
        width=config.space.width,
    )
    return spaces.with_operations(skeleton, operations)


def num_steps(dataset, config):
    """Returns the steps of a search epoch; raises `UserError` without one."""
    batch = config.data.batch_size
    parts = [dataset.splits.weights, dataset.splits.alphas]
    for part in parts[: 2 if config.search.alpha_split > 0 else 1]:
        pipeline.count_steps(part, batch)
    return len(dataset.splits.weights) // batch


def num_paths(space, config):
    """Returns the paths of a search: they differ by what slots draw alone."""
    return config.search.paths if space.slots else 1


def _check_paths(config, space):
    """Raises `UserError` unless each path gets as many images."""
    batch, paths = config.data.batch_size, config.search.paths
    split = config.search.path_inputs == "split"
    if space.slots and split and batch % paths:
        raise errors.UserError(
            f"Expected a --batch_size that --paths={paths} divides. "
            f"Received: {batch}"
        )


def check_fits(fixed, dataset):
    """Raises `UserError` unless a network is for the data and its labels.

    Args:
        fixed: `Skeleton` or `Given` of the network.
        dataset: The `Dataset`.
    """
    if fixed.task != dataset.task:
        raise errors.UserError(
            f"The architecture is for --task={fixed.task}. Received: --task="
            f"{dataset.task}. Give the one that it was searched for."
        )
    expected = (tuple(fixed.input_shape), fixed.num_classes)
    received = (tuple(dataset.input_shape), dataset.num_classes)
    if expected != received:
        raise errors.UserError(
            f"The architecture is for images {expected[0]} and {expected[1]} "
            f"classes, the dataset {dataset.name} has {received[0]} and "
            f"{received[1]}. Choose another --dataset or --image_size."
        )


def validation(dataset, config):
    """Returns the batches of the validation split, None if it is empty."""
    examples = dataset.splits.validation
    if not len(examples):
        return None
    return pipeline.evaluation(examples, dataset, config.data.batch_size)


def _check_known(wanted, target, costs):
    for name in wanted:
        if name not in costs.names:
            raise errors.UserError(
                f"The target {target.id} has no figures for {name}. It has: "
                f"{', '.join(costs.names)}. Remove the weight and the budget, "
                "or give a --lut that has them."
            )


def _multiple(config, space):
    """Returns the channels of a block, or None where none are searched."""
    wanted = config.space.search_channels
    if wanted is None:
        wanted = not space.slots
    return config.space.channel_multiple if wanted else None


def _check_reachable(space, costs, budgets, multiple):
    """Raises `BudgetError` unless some architecture meets the budgets."""
    # Any probabilities tell whether the budgets can be met.
    odds = [np.full(len(s.operations), 0.5) for s in space.slots]
    if multiple:
        costs = costs.at(costs.layout.smallest)
    decode.decode(odds, costs, budgets)


def _objectives(wanted):
    # The peak of memory is no sum of choices: the decode alone keeps it.
    return tuple(
        Objective(name, weight, budget)
        for name, (weight, budget) in wanted.items()
        if name != hardware.costs.PEAK_RAM
    )


def with_fresh_costs(problem, config):
    """Returns the problem with the table as it is on the disk now.

    Without `--lut` there is none that could have changed.
    """
    if config.cost.lut is None:
        return problem
    prices = pricing.price(
        config, problem.space, problem.target, problem.multiple
    )
    return dataclasses.replace(problem, prices=prices)


def _preferred_side(config):
    """Side that a space is made for, where the data has no size of its own."""
    return presets.IMAGE_SIDES.get(config.space.space)
