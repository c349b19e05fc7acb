"""Tests of what a Keras file may ask for."""

import json

import keras
import pytest

from ednas_tf import errors, spaces
from ednas_tf.networks import derived
from ednas_tf.spaces import skeleton as skeletons
from ednas_tf.untrusted import keras_config
from tests import small

_INPUT = {
    "class_name": "InputLayer",
    "config": {"batch_shape": [None, 8, 8, 3]},
}


def _config(model):
    return json.loads(json.dumps(keras.saving.serialize_keras_object(model)))


def _layer(name, module="keras.layers", registered=None, **config):
    return {
        "module": module,
        "class_name": name,
        "registered_name": registered,
        "config": config,
    }


@pytest.mark.parametrize("topology", skeletons.TOPOLOGIES)
def test_our_networks_pass(topology):
    skeleton = small.skeleton(topology)
    names = ["dw3"] * len(skeleton.slots())
    model = derived.build(spaces.choose(skeleton, names))
    keras_config.check(_config(model))


def test_a_usual_network_passes():
    model = keras.applications.MobileNetV2(weights=None, alpha=0.35)
    keras_config.check(_config(model))


@pytest.mark.parametrize(
    "layer",
    [
        _layer("Lambda"),
        _layer("TFSMLayer", filepath="/tmp/x"),
        _layer("StringLookup", vocabulary="/etc/passwd"),
        _layer("Conv2D", module="os"),
        _layer("Conv2D", module="keras_hub.layers"),
        _layer("Conv2D", module=["keras"]),
        _layer("Conv2D", registered="other>Conv2D"),
        _layer("function", module="builtins"),
        {"class_name": "function", "config": "system", "module": "os"},
        {"class_name": {"a": 1}},
    ],
)
def test_code_of_others_is_refused_at_any_depth(layer):
    with pytest.raises(errors.UserError, match="usual layers of Keras"):
        keras_config.check({"config": {"layers": [[{"deep": layer}]]}})


@pytest.mark.parametrize(
    "layers",
    [
        [_layer("Dense", units=10**9)],
        [_INPUT, _layer("Dense", units=60_000), _layer("Dense", units=60_000)],
        [_layer("Conv2D", filters=30_000, kernel_size=[5, 5])],
        [_layer("Conv2D", filters=5000, kernel_size=[31, 31])],
    ],
)
def test_a_model_that_no_memory_holds_is_refused(layers):
    with pytest.raises(errors.UserError, match="up to"):
        keras_config.check({"config": {"layers": layers}})


def test_a_seed_may_be_large():
    keras_config.check({"config": {"seed": 2**31 - 1}})
