"""Tests of the folder for firmware, compiled where a compiler is."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from ednas_tf import errors
from ednas_tf.exporting import foreign, tflite_metadata
from ednas_tf.exporting.micro import bundle

_ODD = (
    'a "quoted" \\ name',
    "tri??/graph",
    "two\nlines */ //\\",
    "caf\u00e9 0",
)
_DESCRIPTION = {
    "kind": "image",
    "image_shape": [8, 8, 3],
    "classes": list(_ODD),
    "normalization": {"mean": [125.25, 0, 1e-3], "std": [64, 1, 2.5]},
}
_MAIN = """
#include <cstdio>
#include "model.h"
#include "resolver.h"
#include "test_vectors.h"

struct Resolver {
  int count = 0;
  int Add() { ++count; return 0; }
  int Fail() { return 1; }
%s
};

int main() {
  Resolver resolver;
  if (!ednas::AddOperators(resolver)) return 1;
  if (resolver.count != %d || ednas::kNumOperators != %d) return 2;
  for (unsigned int i = 0; i < g_ednas_model_len; ++i)
    std::printf("%%d\\n", g_ednas_model[i]);
  std::printf("%%d\\n", (int)((std::uintptr_t)g_ednas_model %% 16));
  for (int i = 0; i < ednas::kNumTestVectors; ++i) {
    for (int value : g_ednas_test_input[i]) std::printf("%%d\\n", value);
    for (int value : g_ednas_test_probabilities[i])
      std::printf("%%d\\n", value);
  }
  for (const char* name : ednas::kClassNames)
    for (const char* at = name; ; ++at) {
      std::printf("%%d\\n", (unsigned char)*at);
      if (!*at) break;
    }
  return 0;
}
"""


@pytest.fixture(scope="module")
def folder(int8_file, images, tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "micro"
    bundle.write(path, int8_file, images, _DESCRIPTION)
    return path


def methods(folder):
    text = (folder / "resolver.h").read_text()
    return re.findall(r"resolver\.(\w+)\(\)", text)


def compiled(folder, place, failing=None, standard="c++17"):
    """Compiles the sources with a program and a stub of the resolver."""
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("g++ is not here.")
    names = methods(folder)
    stubs = [
        f"  int {name}() {{ return {'Fail' if name == failing else 'Add'}(); }}"
        for name in names
    ]
    main = place / "main.cc"
    main.write_text(_MAIN % ("\n".join(stubs), len(names), len(names)))
    sources = [folder / "model.cc", folder / "test_vectors.cc", main]
    flags = ["-Wall", "-Wextra", "-Wtrigraphs", "-Werror", f"-std={standard}"]
    command = [compiler, *flags, f"-I{folder}", *sources, "-o", place / "main"]
    subprocess.run(list(map(str, command)), check=True)
    return str(place / "main")


def test_the_program_holds_the_file_the_vectors_and_the_names(
    folder, int8_file, tmp_path
):
    text = subprocess.check_output([compiled(folder, tmp_path)], text=True)
    content = int8_file.read_bytes()
    with np.load(folder / "test_vectors.npz") as found:
        pairs = zip(found["inputs"], found["probabilities"], strict=True)
        vectors = [np.append(a.ravel(), b.ravel()) for a, b in pairs]
    names = [[*name.encode(), 0] for name in _ODD]
    expected = [*content, 0, *np.concatenate(vectors), *sum(names, [])]
    assert [int(line) for line in text.split()] == expected


@pytest.mark.parametrize("standard", ["c++11", "c++20"])
def test_other_standards_compile_it_too(folder, tmp_path, standard):
    compiled(folder, tmp_path, standard=standard)


def test_an_operator_that_was_not_added_is_told(folder, tmp_path):
    program = compiled(folder, tmp_path, failing=methods(folder)[-1])
    assert subprocess.run([program], check=False).returncode == 1


def test_the_array_is_the_file_without_metadata(
    folder, int8_file, images, tmp_path
):
    content = tflite_metadata.add(int8_file.read_bytes(), _DESCRIPTION)
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    bundle.write(tmp_path / "micro", path, images, _DESCRIPTION)
    expected = (folder / "model.cc").read_text()
    assert (tmp_path / "micro" / "model.cc").read_text() == expected


def test_the_header_states_the_quantization_and_the_normalization(folder):
    text = (folder / "model.h").read_text()
    for line in (
        "constexpr int kNumClasses = 4;",
        "kMean[kNumChannels] = {125.25f, 0.0f, 0.00100000005f};",
        "kStd[kNumChannels] = {64.0f, 1.0f, 2.5f};",
        "using InputType = std::int8_t;",
        "constexpr int kInputShape[4] = {1, 8, 8, 3};",
        "constexpr int kInputSize = 192;",
        "constexpr float kProbabilitiesScale = 0.00390625f;",
        "constexpr int kProbabilitiesZeroPoint = -128;",
    ):
        assert line in text


def test_a_network_that_normalises_inside_gets_no_normalization(
    int8_file, images, tmp_path
):
    inside = {**_DESCRIPTION, "preprocessing": tflite_metadata.INSIDE}
    bundle.write(tmp_path, int8_file, images, inside)
    text = (tmp_path / "model.h").read_text()
    assert "kMean[kNumChannels] = {0.0f, 0.0f, 0.0f};" in text
    assert "kStd[kNumChannels] = {1.0f, 1.0f, 1.0f};" in text


def test_the_arena_is_what_the_runtime_took_and_some(folder):
    pytest.importorskip("tflite_micro", reason="The extra `micro` is absent.")
    text = (folder / "model.h").read_text()
    measured = int(re.search(r"kernels took (\d+) bytes", text).group(1))
    given = int(re.search(r"kArenaBytes = (\d+);", text).group(1))
    assert given % 1024 == 0
    assert measured <= given < measured + 1024


def test_without_the_runtime_no_arena_is_given(
    int8_file, images, tmp_path, monkeypatch
):
    monkeypatch.setattr(foreign, "is_installed", lambda package: False)
    bundle.write(tmp_path, int8_file, images, _DESCRIPTION)
    text = (tmp_path / "model.h").read_text()
    assert "kArenaBytes" not in text
    assert "arena_used_bytes()" in text


def test_the_vectors_reproduce_from_the_array_in_the_source(
    folder, monkeypatch
):
    monkeypatch.setattr(foreign, "is_installed", lambda package: False)
    assert bundle.verify(folder) == {
        "vectors": 10,
        "reference": "bit-exact",
        "tflite_micro": "not installed",
    }


def test_a_float_file_is_refused(float_file, images, tmp_path):
    with pytest.raises(errors.UserError, match="add int8 to --formats"):
        bundle.write(tmp_path, float_file, images, _DESCRIPTION)


def test_no_images_are_refused(int8_file, tmp_path):
    with pytest.raises(errors.UserError, match="received none"):
        bundle.write(tmp_path, int8_file, [], _DESCRIPTION)
