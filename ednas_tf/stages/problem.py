"""What a run is about: data, space, and costs of the device."""

import dataclasses

import numpy as np

from ednas_tf import data, errors, hardware, runs, spaces
from ednas_tf.data import pipeline, recipes
from ednas_tf.searchers import Objective, decode
from ednas_tf.spaces import presets


@dataclasses.dataclass(frozen=True, eq=False)
class Problem:
    """Everything that a search needs to know.

    Attributes:
        dataset: The `Dataset`.
        augmentation: The `Augmentation` of the training images.
        space: The `SearchSpace`.
        target: The `Target`.
        table: The `Table` of the target, or of `--lut`.
        table_sha256: Hash of the file of `--lut`, or of the table.
        costs: The `CostTable` of the space on the target.
        objectives: One `Objective` per cost with a weight or a budget.
    """

    dataset: data.Dataset
    augmentation: data.Augmentation
    space: spaces.SearchSpace
    target: hardware.Target
    table: hardware.Table
    table_sha256: str
    costs: hardware.CostTable
    objectives: tuple

    @property
    def status(self):
        """Whether the figures are `measured` or `modelled`."""
        measured = self.table.provenance.kind in ("measured", "vendor_report")
        return "measured" if measured else "modelled"

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
    """Returns the `Problem` that the flags describe; raises `UserError`.

    All that can be refused is refused here, before a run folder is touched.
    """
    target = hardware.targets.load(config.cost.target)
    operations = [
        spaces.operations.get(n).name for n in config.space.operations
    ]
    presets.check(config.space.space)
    dataset, augmentation = load_data(config)
    num_steps(dataset, config)
    skeleton = presets.build(
        config.space.space,
        dataset.input_shape,
        dataset.num_classes,
        stem_kernel=config.space.stem_kernel,
        topology=config.space.topology,
    )
    space = spaces.with_operations(skeleton, operations)
    costs = read_costs(config.cost, space, target)
    problem = Problem(
        dataset=dataset,
        augmentation=augmentation,
        space=space,
        target=target,
        table=read_table(config.cost, space, target),
        table_sha256=_sha256(config.cost, space, target),
        costs=costs,
        objectives=_objectives(config.cost, target, costs),
    )
    # Any probabilities tell whether the budgets can be met.
    odds = [np.full(len(s.operations), 0.5) for s in space.slots]
    decode.decode(odds, costs, problem.budgets)
    return problem


def num_steps(dataset, config):
    """Returns the steps of a search epoch; raises `UserError` without one."""
    batch, paths = config.data.batch_size, config.search.paths
    if config.search.path_inputs == "split" and batch % paths:
        raise errors.UserError(
            f"Expected a --batch_size that --paths={paths} divides. "
            f"Received: {batch}"
        )
    parts = [dataset.splits.weights, dataset.splits.alphas]
    for part in parts[: 2 if config.search.alpha_split > 0 else 1]:
        check_batch(part, batch)
    return len(dataset.splits.weights) // batch


def check_batch(examples, batch_size):
    """Raises `UserError` unless the examples fill a batch."""
    if len(examples) < batch_size:
        raise errors.UserError(
            f"Expected at least one batch of {batch_size} training examples. "
            f"Received: {len(examples)}. Lower --batch_size."
        )


def check_fits(what, input_shape, num_classes, dataset):
    """Raises `UserError` unless `what` is for the images of the dataset."""
    expected = (tuple(input_shape), num_classes)
    received = (tuple(dataset.input_shape), dataset.num_classes)
    if expected != received:
        raise errors.UserError(
            f"The {what} is for images {expected[0]} and {expected[1]} "
            f"classes, the dataset {dataset.name} has {received[0]} and "
            f"{received[1]}. Choose another --dataset or --image_size."
        )


def validation(dataset, config):
    """Returns the batches of the validation split, None if it is empty."""
    examples = dataset.splits.validation
    if not len(examples):
        return None
    return pipeline.evaluation(examples, dataset, config.data.batch_size)


def _objectives(cost, target, costs):
    for name in cost.wanted:
        if name not in costs.names:
            raise errors.UserError(
                f"The target {target.id} has no figures for {name}. It has: "
                f"{', '.join(costs.names)}. Remove the weight and the budget, "
                "or give a --lut that has them."
            )
    return tuple(
        Objective(name, weight, budget)
        for name, (weight, budget) in cost.wanted.items()
    )


def with_fresh_costs(problem, config):
    """Returns the problem with the table as it is on the disk now."""
    return dataclasses.replace(
        problem,
        table=read_table(config.cost, problem.space, problem.target),
        table_sha256=_sha256(config.cost, problem.space, problem.target),
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
    if cost.lut_missing == "model" and table.target.id != target.id:
        raise errors.UserError(
            f"The table {cost.lut} is for {table.target.id}, the model for "
            f"{target.id}. Choose another --target or --lut_missing."
        )
    return hardware.costs.build(
        space, table, missing=cost.lut_missing, target=target
    )


def _sha256(cost, space, target):
    """Hash of the file of `--lut` as it is, or of the generated table."""
    if cost.lut is None:
        return hardware.table.generate(space, target).sha256
    return runs.sha256(cost.lut)


def _preferred_side(config):
    """Side that a space is made for, where the data has no size of its own."""
    return presets.IMAGE_SIDES.get(config.space.space)
