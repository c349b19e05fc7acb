"""What a run is about: data, space, and costs of the device."""

import dataclasses

from ednas_tf import data, errors, hardware, spaces
from ednas_tf.data import recipes
from ednas_tf.searchers import Objective
from ednas_tf.spaces import presets


@dataclasses.dataclass(frozen=True, eq=False)
class Problem:
    """Everything that a search needs to know.

    Attributes:
        dataset: The `Dataset`.
        augmentation: The `Augmentation` of the training images.
        space: The `SearchSpace`.
        target: The `Target`.
        table: The `Table` of the target.
        costs: The `CostTable` of the space on the target.
        objectives: One `Objective` per cost with a weight or a budget.
    """

    dataset: data.Dataset
    augmentation: data.Augmentation
    space: spaces.SearchSpace
    target: hardware.Target
    table: hardware.Table
    costs: hardware.CostTable
    objectives: tuple

    @property
    def budgets(self):
        """Budget by cost name, of the costs that have one."""
        return {
            o.cost: o.budget for o in self.objectives if o.budget is not None
        }


def load_data(config, side=None):
    """Returns the `Dataset` and the `Augmentation` that the flags ask for.

    Args:
        config: The `Config`.
        side: Side of the images where `--image_size` says nothing; by default
            the one that the space is made for.
    """
    side = config.data.image_size or side or _preferred_side(config)
    spec = data.DataSpec(
        name=config.data.dataset,
        data_dir=config.data.data_dir,
        download=config.data.download,
        image_size=side,
        max_examples=config.data.max_examples,
        alpha_split=config.search.alpha_split,
        validation_split=config.data.validation_split,
        seed=config.run.seed,
    )
    dataset = data.load(spec)
    augmentation = recipes.parse(
        config.data.augment, config.data.dataset, dataset.input_shape
    )
    return dataset, augmentation


def prepare(config):
    """Returns the `Problem` that the flags describe; raises `UserError`."""
    target = hardware.targets.load(config.cost.target)
    operations = [
        spaces.operations.get(n).name for n in config.space.operations
    ]
    dataset, augmentation = load_data(config)
    skeleton = presets.build(
        config.space.space,
        dataset.input_shape,
        dataset.num_classes,
        stem_kernel=config.space.stem_kernel,
        topology=config.space.topology,
    )
    space = spaces.with_operations(skeleton, operations)
    costs = read_costs(config.cost, space, target)
    for name in config.cost.wanted:
        if name not in costs.names:
            raise errors.UserError(
                f"The target {target.id} has no figures for {name}. It has: "
                f"{', '.join(costs.names)}. Remove the weight and the budget."
            )
    return Problem(
        dataset=dataset,
        augmentation=augmentation,
        space=space,
        target=target,
        table=read_table(config.cost, space, target),
        costs=costs,
        objectives=tuple(
            Objective(cost, weight, budget)
            for cost, (weight, budget) in config.cost.wanted.items()
        ),
    )


def with_fresh_costs(problem, config):
    """Returns the problem with the table as it is on the disk now."""
    return dataclasses.replace(
        problem,
        table=read_table(config.cost, problem.space, problem.target),
        costs=read_costs(config.cost, problem.space, problem.target),
    )


def read_table(cost, space, target):
    """Returns the table of `--lut`, or the one of the target's model."""
    if cost.lut is None:
        return hardware.table.generate(space, target)
    return hardware.table.read(cost.lut)


def read_costs(cost, space, target):
    """Returns the `CostTable` of a space; called again when `--lut` changes."""
    table = read_table(cost, space, target)
    return hardware.costs.build(
        space, table, missing=cost.lut_missing, target=target
    )


def _preferred_side(config):
    """Side that a space is made for, where the data has no size of its own."""
    return presets.IMAGE_SIDES.get(config.space.space)
