"""A small detector."""

import keras
import pytest

from tests import small


@pytest.fixture(scope="session")
def detector():
    """Two maps with six anchors per place, of three classes."""
    layers = keras.layers
    image = x = layers.Input((8, 8, 3), name="image")
    rows = {"boxes": [], "score_logits": []}
    for place in (1, 2):
        x = layers.ZeroPadding2D(1)(x)
        x = layers.DepthwiseConv2D(3, strides=2, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU(6.0)(layers.Conv2D(8, 1)(x))
        for name, numbers in (("boxes", 4), ("score_logits", 3)):
            y = layers.Conv2D(6 * numbers, 1)(x)
            reshape = layers.Reshape((-1, numbers), name=f"{name}{place}")
            rows[name].append(reshape(y))
    boxes, logits = (
        layers.Concatenate(axis=1, name=name)(maps)
        for name, maps in rows.items()
    )
    scores = layers.Activation("sigmoid", name="scores")(logits)
    model = keras.Model(image, {"boxes": boxes, "scores": scores})
    small.randomize(model)
    return model
