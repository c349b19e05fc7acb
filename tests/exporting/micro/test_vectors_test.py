"""Tests of choosing and checking test vectors."""

import dataclasses
import fractions

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
from ai_edge_litert import interpreter as litert

from ednas_tf.exporting import foreign
from ednas_tf.exporting.micro import test_vectors


@pytest.fixture(scope="module")
def vectors(int8_file, images):
    return test_vectors.make(int8_file, images)[0]


def rounded(value):
    """Rounds a fraction to the nearest integer, halves away from zero."""
    half = fractions.Fraction(1, 2)
    size = int(abs(value) + half)
    return size if value >= 0 else -size


def test_the_first_examples_are_of_different_classes():
    order = test_vectors.spread(np.array([1, 1, 1, 0, 0, 2]))
    assert order.tolist() == [3, 0, 5, 4, 1, 2]


def test_the_first_of_several_classes_counts():
    several = np.array([[0, 1, 1], [0, 1, 0], [1, 1, 1]], np.float32)
    assert test_vectors.spread(several).tolist() == [2, 0, 1]
    boxes = np.full((3, 2, 6), 9.0)
    boxes[:, 0, 0] = 1, 1, 0
    assert test_vectors.spread(boxes).tolist() == [2, 0, 1]


@hypothesis.given(
    total=st.integers(-(10**6), 10**6),
    multiplier=st.integers(2**30, 2**31 - 1),
    shift=st.integers(1, 14),
)
@hypothesis.settings(max_examples=500)
def test_sums_that_two_roundings_change_are_near_a_tie(
    total, multiplier, shift
):
    exact = fractions.Fraction(total * multiplier, 2**31)
    twice = rounded(fractions.Fraction(rounded(exact), 2**shift))
    if twice != rounded(exact / 2**shift):
        factor = multiplier / 2 ** (31 + shift)
        assert test_vectors.is_near_tie(np.array([[total]]), factor)


def test_a_sum_far_from_a_tie_is_not_near():
    # 1000 * 2**-8 = 3.9; 896 * 2**-8 is 3.5 to the bit.
    assert not test_vectors.is_near_tie(np.array([[1000]]), 2**-8)
    assert test_vectors.is_near_tie(np.array([[1000, 896]]), 2**-8)


def test_the_outputs_are_those_of_the_reference_kernels(int8_file, vectors):
    runner = litert.Interpreter(
        str(int8_file),
        experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF,
    )
    serve = runner.get_signature_runner("serve")
    for value, expected in zip(
        vectors.inputs, vectors.outputs["probabilities"], strict=True
    ):
        found = serve(image=value)["probabilities"]
        np.testing.assert_array_equal(found, expected)


def test_ten_inputs_are_rounded_and_saturated(int8_file, images, vectors):
    details = litert.Interpreter(str(int8_file)).get_input_details()[0]
    scale, zero = details["quantization"]
    assert vectors.inputs.shape == (10, 1, 8, 8, 3)
    real = scale * (vectors.inputs.astype(float) - zero)
    for value in real:
        apart = np.abs(images - value).reshape(len(images), -1).max(axis=1)
        assert min(apart) <= 0.51 * scale


def test_inputs_near_a_tie_are_taken_last(int8_file, images, monkeypatch):
    ties = iter([True, False, True, False])
    monkeypatch.setattr(test_vectors, "is_near_tie", lambda *_: next(ties))
    found, passed = test_vectors.make(int8_file, images[:4], count=3)
    every = [
        test_vectors._Reference(int8_file).integers(image)
        for image in images[:4]
    ]
    assert passed == 2
    np.testing.assert_array_equal(found.inputs, np.stack(every)[[1, 3, 0]])


def test_what_is_saved_is_loaded(vectors, tmp_path):
    vectors.save(tmp_path / "v.npz")
    loaded = test_vectors.load(tmp_path / "v.npz")
    np.testing.assert_array_equal(loaded.inputs, vectors.inputs)
    assert list(loaded.outputs) == ["probabilities"]
    found = loaded.outputs["probabilities"]
    np.testing.assert_array_equal(found, vectors.outputs["probabilities"])


def test_the_runtimes_give_the_same_bits(int8_file, vectors):
    pytest.importorskip("tflite_micro", reason="The extra `micro` is absent.")
    assert test_vectors.replay(int8_file, vectors) == {
        "vectors": 10,
        "reference": "bit-exact",
        "tflite_micro": "bit-exact",
    }


def test_other_outputs_are_counted(int8_file, vectors, monkeypatch):
    monkeypatch.setattr(foreign, "is_installed", lambda package: False)
    outputs = {"probabilities": vectors.outputs["probabilities"].copy()}
    outputs["probabilities"][3, 0, 0] ^= 2
    changed = dataclasses.replace(vectors, outputs=outputs)
    found = test_vectors.replay(int8_file, changed)
    assert found["reference"] == "1 differ, by at most 2 steps"
    assert found["tflite_micro"] == "not installed"


def test_a_runtime_that_fails_is_told(int8_file, vectors, monkeypatch):
    done = foreign.Done("bad model", -11)
    monkeypatch.setattr(foreign, "is_installed", lambda package: True)
    monkeypatch.setattr(foreign, "run", lambda *_: done)
    found = test_vectors.replay(int8_file, vectors)
    assert found["tflite_micro"] == "not run: exit code -11: bad model"
