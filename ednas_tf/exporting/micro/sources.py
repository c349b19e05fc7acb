"""C++ sources of a network for microcontrollers."""

import dataclasses

import numpy as np

from ednas_tf.exporting.micro import c_source, resolver

MODEL_ARRAY = "g_ednas_model"
_TESTS = "g_ednas_test_"
_TYPES = {"int8": "std::int8_t", "uint8": "std::uint8_t"}
_ARENA_STEP = 1024
_ARENA = """\
// Working memory: the reference kernels took {measured} bytes on a 64-bit
// machine. A 32-bit one needs less for structures; kernels made for a core may
// want room of their own. MicroInterpreter::arena_used_bytes() tells.
constexpr int kArenaBytes = {rounded};
"""
_NO_ARENA = """\
// Working memory: not known, because the Python package tflite-micro was not
// installed. Begin with plenty, then ask MicroInterpreter::arena_used_bytes().
"""
_NORMALIZATION = """\
// What goes into the input, per channel:
//   round((value - mean) / std / kInputScale) + kInputZeroPoint,
// saturated. What an output means: scale * (integer - zero point).\
"""
_MODEL_H = """\
// {about}
#ifndef EDNAS_MODEL_H_
#define EDNAS_MODEL_H_

#include <cstdint>

// The TFLite file, as tflite::GetModel() reads it.
extern const unsigned char {array}[];
extern const unsigned int {array}_len;

namespace ednas {{
{constants}
}}  // namespace ednas

#endif  // EDNAS_MODEL_H_
"""
_MODEL_CC = """\
// {about}
#include "model.h"

// The runtime reads it in place, so it must stand at a multiple of 16.
alignas(16) const unsigned char {array}[] = {values};
const unsigned int {array}_len = {length}u;
"""
_RESOLVER_H = """\
// {about}
#ifndef EDNAS_RESOLVER_H_
#define EDNAS_RESOLVER_H_

namespace ednas {{

// What the network needs and nothing else, so that the linker drops the other
// kernels: declare a MicroMutableOpResolver<ednas::kNumOperators> and pass it.
constexpr unsigned int kNumOperators = {count};

// Returns whether all operators were added. The type is a parameter because
// releases of the runtime keep the class in different namespaces.
template <typename Resolver>
bool AddOperators(Resolver& resolver) {{
  // kTfLiteOk is 0.
  return {calls};
}}

}}  // namespace ednas

#endif  // EDNAS_RESOLVER_H_
"""
_VECTORS_H = """\
// {about}
#ifndef EDNAS_TEST_VECTORS_H_
#define EDNAS_TEST_VECTORS_H_

#include "model.h"

namespace ednas {{
constexpr int kNumTestVectors = {count};
}}  // namespace ednas

// Inputs as they are copied into the input tensor, and the integers that must
// come out.
{declarations}

#endif  // EDNAS_TEST_VECTORS_H_
"""
_VECTORS_CC = """\
// {about}
#include "test_vectors.h"

{definitions}
"""


@dataclasses.dataclass(frozen=True)
class Facts:
    """What the file does not say of itself.

    Attributes:
        classes: Names of the classes.
        mean, std: `real = (value - mean) / std`, per channel.
        arena_bytes: What the runtime allocated here, or None.
    """

    classes: tuple
    mean: tuple
    std: tuple
    arena_bytes: int | None


def model_h(about, tensors, facts):
    """Returns the header of the network.

    Args:
        about: A line that says what the file is.
        tensors: The `Tensor` values of the input and the outputs.
        facts: The `Facts`.
    """
    parts = [_facts(facts), *map(_constants, tensors)]
    return _MODEL_H.format(
        about=about, array=MODEL_ARRAY, constants="\n\n".join(parts)
    )


def model_cc(about, content):
    """Returns the source that holds the bytes of a TFLite file."""
    return _MODEL_CC.format(
        about=about,
        array=MODEL_ARRAY,
        values=c_source.table(np.frombuffer(content, np.uint8)),
        length=len(content),
    )


def resolver_h(about, operators):
    """Returns the header that adds operators to a resolver."""
    calls = (
        f"static_cast<int>(resolver.{resolver.method(name)}()) == 0"
        for name in operators
    )
    return _RESOLVER_H.format(
        about=about, count=len(operators), calls=" &&\n         ".join(calls)
    )


def vectors_h(about, tensors, count):
    """Returns the header of the test vectors.

    Args:
        about: A line that says what the file is.
        tensors: The `Tensor` values of the input and the outputs.
        count: Number of vectors.
    """
    lines = (f"extern {_array(tensor)};" for tensor in tensors)
    return _VECTORS_H.format(
        about=about, count=count, declarations="\n".join(lines)
    )


def vectors_cc(about, tensors, values):
    """Returns the source of the test vectors.

    Args:
        about: A line that says what the file is.
        tensors: The `Tensor` values of the input and the outputs.
        values: Integers of shape `(n, ...)` for each of them.
    """
    parts = (
        f"{_array(tensor)} = {_rows(rows)};"
        for tensor, rows in zip(tensors, values, strict=True)
    )
    return _VECTORS_CC.format(about=about, definitions="\n\n".join(parts))


def _array(tensor):
    """Returns the type and name of the test vectors of a tensor."""
    name, word = f"{_TESTS}{tensor.word.lower()}", tensor.word
    return (
        f"const ednas::{word}Type\n"
        f"    {name}[ednas::kNumTestVectors][ednas::k{word}Size]"
    )


def _facts(facts):
    """Returns the constants of arena, classes and normalisation."""
    names = c_source.row(c_source.text(name) for name in facts.classes)
    lines = [
        _ARENA.format(
            measured=facts.arena_bytes,
            rounded=_rounded(facts.arena_bytes),
        )
        if facts.arena_bytes
        else _NO_ARENA,
        f"constexpr int kNumClasses = {len(facts.classes)};",
        f"constexpr const char* kClassNames[kNumClasses] = {names};",
        "",
        _NORMALIZATION,
        f"constexpr int kNumChannels = {len(facts.mean)};",
    ]
    for name in ("mean", "std"):
        values = c_source.row(map(c_source.number, getattr(facts, name)))
        array = f"k{name.capitalize()}[kNumChannels]"
        lines.append(f"constexpr float {array} = {values};")
    return "\n".join(lines)


def _constants(tensor):
    """Returns the constants of an input or output."""
    name = tensor.word
    shape = c_source.row(map(str, tensor.shape))
    dimensions = len(tensor.shape)
    return "\n".join(
        [
            f"using {name}Type = {_TYPES[tensor.dtype]};",
            f"constexpr int k{name}Index = {tensor.place};",
            f"constexpr int k{name}Shape[{dimensions}] = {shape};",
            f"constexpr int k{name}Size = {tensor.size};",
            f"constexpr float k{name}Scale = {c_source.number(tensor.scale)};",
            f"constexpr int k{name}ZeroPoint = {tensor.zero_point};",
        ]
    )


def _rows(values):
    """Returns what initialises an array of arrays.

    Args:
        values: Integers of shape `(n, ...)`.
    """
    tables = (c_source.table(row) for row in values)
    return "{" + ",\n".join(tables) + "}"


def _rounded(size):
    return -(-size // _ARENA_STEP) * _ARENA_STEP
