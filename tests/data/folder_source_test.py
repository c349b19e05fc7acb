"""Tests of images in the user's own folders."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from ednas_tf import data, errors
from ednas_tf.data import folder_source, images


def _read(folder, **kwargs):
    return folder_source.read(data.DataSpec(f"folder:{folder}", **kwargs))


def test_every_image_comes_with_the_label_of_its_folder(image_folder):
    source = _read(image_folder)
    assert source.classes == ("cat", "dog")
    assert (len(source.train), len(source.test)) == (16, 4)
    for part in (source.train, source.test):
        # The fixture fills image i of class k with 100 k + i.
        expected = part.labels * 100 + part.ids % 10
        np.testing.assert_array_equal(part.images[:, 0, 0, 0], expected)
    assert source.train.images.shape == (16, 5, 6, 3)


def test_images_are_resized_to_a_square(image_folder):
    source = _read(image_folder, image_size=4)
    assert source.test.images.shape == (4, 4, 4, 3)


def test_hidden_and_other_files_are_left_alone(image_folder):
    (image_folder / ".cache").mkdir()
    (image_folder / "cat" / "._0.png").write_bytes(b"not an image")
    (image_folder / "cat" / "notes.txt").write_text("not an image")
    source = _read(image_folder)
    assert len(source.train) + len(source.test) == 20


def test_only_images_that_are_used_are_opened(image_folder):
    source = _read(image_folder, max_examples=2)
    assert (len(source.train), len(source.test)) == (2, 2)


def test_images_of_several_sizes_need_a_size(image_folder):
    Image.new("RGB", (9, 9)).save(image_folder / "cat" / "5.png")
    with pytest.raises(errors.UserError, match="9x9.*--image_size"):
        _read(image_folder)
    assert _read(image_folder, image_size=4).train.images.shape[1:3] == (4, 4)


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp"])
@pytest.mark.parametrize("content", [b"", b"text", "half"])
def test_a_broken_image_is_named(image_folder, suffix, content):
    broken = image_folder / "dog" / f"0.{suffix}"
    image = Image.effect_noise((40, 40), 50).convert("RGB")
    image.save(broken)
    if content == "half":
        content = broken.read_bytes()[: broken.stat().st_size // 2]
    broken.write_bytes(content)
    with pytest.raises(errors.UserError, match=f"dog/0.{suffix}'") as raised:
        _read(image_folder, image_size=5)
    assert "\n" not in str(raised.value)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(errors.UserError, match="'.*/missing'"):
        _read(tmp_path / "missing")


@pytest.mark.parametrize("names", [[], ["cat"]])
def test_fewer_than_two_classes_is_an_error(tmp_path, names):
    for name in names:
        (tmp_path / name).mkdir()
    with pytest.raises(errors.UserError, match=f"{tmp_path}.*{len(names)}"):
        _read(tmp_path)


def test_a_class_without_images_is_named(image_folder):
    (image_folder / "owl").mkdir()
    with pytest.raises(errors.UserError, match="'.*/owl'"):
        _read(image_folder)


def test_train_and_test_may_have_folders_of_their_own(split_folder):
    source = _read(split_folder)
    assert source.classes == ("cat", "dog")
    assert (len(source.train), len(source.test)) == (20, 20)
    assert source.train.ids.tolist() == list(range(20))
    assert source.test.ids.tolist() == list(range(20, 40))
    for part in (source.train, source.test):
        expected = part.labels * 100 + part.ids % 10
        np.testing.assert_array_equal(part.images[:, 0, 0, 0], expected)


def test_a_cap_takes_as_many_of_each_class_of_a_split(split_folder):
    source = _read(split_folder, max_examples=8)
    for part in (source.train, source.test):
        assert np.bincount(part.labels).tolist() == [4, 4]


@pytest.mark.parametrize("name", ["validation", "val"])
def test_validation_is_the_test_where_test_is_missing(split_folder, name):
    shutil.copytree(split_folder / "test", split_folder / name)
    shutil.rmtree(split_folder / name / "cat")
    assert len(_read(split_folder).test) == 20
    shutil.rmtree(split_folder / name)
    (split_folder / "test").rename(split_folder / name)
    assert len(_read(split_folder).test) == 20


def test_train_and_test_may_be_classes(image_folder):
    (image_folder / "cat").rename(image_folder / "train")
    (image_folder / "dog").rename(image_folder / "test")
    assert _read(image_folder).classes == ("test", "train")


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_class_that_a_split_lacks_is_named_with_it(split_folder, split):
    shutil.rmtree(split_folder / split / "dog")
    told = f"class 'dog' in the split '{split}'"
    with pytest.raises(errors.UserError, match=told) as raised:
        _read(split_folder)
    assert "\n" not in str(raised.value)


def test_a_class_without_images_is_named_with_its_split(split_folder):
    for image in (split_folder / "test" / "cat").iterdir():
        image.unlink()
    with pytest.raises(errors.UserError, match="class 'cat' in '.*test/cat'"):
        _read(split_folder)


def test_a_folder_has_no_sample_rate(image_folder):
    with pytest.raises(errors.UserError, match="no --sample_rate"):
        _read(image_folder, sample_rate=8000)


def test_more_than_memory_holds_is_an_error(image_folder, monkeypatch):
    monkeypatch.setattr(images, "MAX_BYTES", 20 * 5 * 6 * 3 - 1)
    with pytest.raises(errors.UserError, match="--image_size"):
        _read(image_folder)


def test_a_pipe_is_not_waited_for(image_folder):
    (image_folder / "cat" / "0.png").unlink()
    os.mkfifo(image_folder / "cat" / "0.png")
    with pytest.raises(errors.UserError, match="Could not read.*0.png"):
        _read(image_folder)
