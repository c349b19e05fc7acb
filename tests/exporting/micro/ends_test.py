"""Tests of what is read of inputs and outputs."""

import keras
import numpy as np

from ednas_tf.exporting import tflite
from ednas_tf.exporting.micro import ends


def two_headed(names):
    """Returns the bytes of an int8 file with two outputs of 5 and 3 values."""
    image = keras.Input((4, 4, 1), name="image")
    flat = keras.layers.Flatten()(image)
    sizes = zip(names, (5, 3), strict=True)
    outputs = {name: keras.layers.Dense(n)(flat) for name, n in sizes}
    images = np.random.default_rng(0).normal(size=(8, 4, 4, 1))
    return tflite.convert(keras.Model(image, outputs), "int8", [images])


def test_input_and_softmax_of_a_classifier(int8_file):
    given, output = ends.read(int8_file.read_bytes())
    assert (given.word, given.place, given.dtype) == ("Input", 0, "int8")
    assert (given.shape, given.size) == ((1, 8, 8, 3), 192)
    assert (output.name, output.word) == ("probabilities", "Probabilities")
    # TFLite fixes these for a softmax.
    assert (output.scale, output.zero_point) == (1 / 256, -128)


def test_outputs_stand_at_their_places_in_the_interpreter():
    content = two_headed(["scores", "boxes"])
    outputs = ends.read(content)[1:]
    order = tflite.litert.Interpreter(model_content=content)
    shapes = [tuple(o["shape"]) for o in order.get_output_details()]
    assert [output.place for output in outputs] == [0, 1]
    assert [output.shape for output in outputs] == shapes
    assert {o.name: o.size for o in outputs} == {"scores": 5, "boxes": 3}


def test_names_that_are_alike_get_different_words():
    tensors = ends.read(two_headed(["a_b", "aB"]))
    words = [tensor.word.lower() for tensor in tensors]
    assert len(set(words)) == 3
