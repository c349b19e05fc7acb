"""A budget holds on the file that ships, counted from its operators."""

import numpy as np
import pytest

from ednas_tf import hardware, spaces
from ednas_tf.exporting import tflite
from ednas_tf.networks import derived
from ednas_tf.searchers import decode
from ednas_tf.spaces import presets

_NAMES = ("dw3", "dw5", "dw7", "avg3", "max3", "skip")


@pytest.fixture(scope="module")
def problem():
    skeleton = presets.build("tiny", (8, 8, 1), 10, stem_kernel=3)
    space = spaces.with_operations(skeleton, _NAMES)
    table = hardware.table.generate(space, hardware.targets.load("tda2"))
    return space, table, hardware.costs.build(space, table)


@pytest.mark.parametrize("seed", range(10))
def test_exported_file_is_within_a_random_budget(problem, tmp_path, seed):
    space, table, costs = problem
    rng = np.random.default_rng(seed)
    low, high = (
        bound()["latency_us"] for bound in (costs.smallest, costs.largest)
    )
    budget = rng.uniform(low, high)
    odds = rng.dirichlet(np.ones(len(_NAMES)), len(space.slots))
    chosen = decode.decode(list(odds), costs, {"latency_us": budget})
    found = spaces.choose(space.skeleton, [_NAMES[i] for i in chosen])
    file = tmp_path / "model.tflite"
    file.write_bytes(tflite.convert(derived.build(found), "float"))
    rows = hardware.tflite_operators.read(file)
    counted = hardware.costs.of_operators(rows, table)["latency_us"]
    assert counted <= budget
    assert counted == pytest.approx(costs.discrete(chosen)["latency_us"])
