"""Tests of what a SavedModel may run."""

import shutil

import pytest
import tensorflow as tf

from ednas_tf import errors, spaces
from ednas_tf.exporting import saved_model
from ednas_tf.networks import derived
from ednas_tf.untrusted import saved_model_files
from tests import small


class _Program(tf.Module):
    """Does to an image what a function does."""

    def __init__(self, function):
        super().__init__()
        shape = tf.TensorSpec((None, 8, 8, 3), tf.float32, "image")
        self.serve = tf.function(function, input_signature=[shape])


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Folder of a SavedModel that we export."""
    path = tmp_path_factory.mktemp("saved") / "model"
    skeleton = small.skeleton()
    model = derived.build(spaces.choose(skeleton, ["dw3d2", "max3", "dw5"]))
    saved_model.export(model, str(path), raw=True)
    return path


def _refused(path, message):
    with pytest.raises(errors.UserError, match=message) as caught:
        saved_model_files.check(path)
    assert "\n" not in str(caught.value)


def test_our_export_passes(sound):
    saved_model_files.check(sound)


def _writes(image):
    tf.io.write_file("/tmp/never", "x")
    return image


def _reads(image):
    return tf.io.read_file("/etc/passwd"), image


def _calls(image):
    return tf.map_fn(lambda x: tf.py_function(abs, [x], tf.float32), image)


@pytest.mark.parametrize("function", [_writes, _reads, _calls])
def test_a_program_that_does_more_than_compute_is_refused(tmp_path, function):
    program = _Program(function)
    signatures = None if function is _calls else program.serve
    tf.saved_model.save(program, str(tmp_path / "a"), signatures)
    _refused(tmp_path / "a", "only computes. Received: the operation")


def test_a_file_for_a_table_is_refused(tmp_path):
    module = tf.Module()
    (tmp_path / "words").write_text("a\nb\n")
    module.words = tf.saved_model.Asset(str(tmp_path / "words"))
    tf.saved_model.save(module, str(tmp_path / "a"))
    _refused(tmp_path / "a", "no 'assets/words'|a asset")


@pytest.mark.parametrize("name", ["code.py", "variables/extra"])
def test_a_strange_file_is_refused(sound, tmp_path, name):
    copy = shutil.copytree(sound, tmp_path / "copy")
    (copy / name).write_text("x")
    _refused(copy, f"no '{name}'")


def test_a_link_is_refused(sound, tmp_path):
    copy = shutil.copytree(sound, tmp_path / "copy")
    (copy / "fingerprint.pb").unlink()
    (copy / "fingerprint.pb").symlink_to("/etc/passwd")
    _refused(copy, "plain file")


def test_a_broken_program_is_told(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff")
    _refused(tmp_path, "Expected a SavedModel")
