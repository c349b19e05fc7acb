"""Tests of labels and normalisation inside a TFLite file."""

import io
import zipfile

import numpy as np
import pytest
from ai_edge_litert import interpreter as litert

from ednas_tf import errors
from ednas_tf.exporting import metadata_entry, tflite, tflite_metadata
from ednas_tf.exporting.micro import runtime
from ednas_tf.hardware import file_operators

_DESCRIPTION = {
    "kind": "image",
    "image_shape": [8, 8, 3],
    "classes": ["cat", "Ärger", "two\nlines", "emu"],
    "normalization": {"mean": [1.0, 2.0, 51.0], "std": [4.0, 5.0, 51.0]},
}


@pytest.fixture(scope="module")
def content(int8_file):
    return int8_file.read_bytes()


@pytest.fixture(scope="module")
def changed(content):
    return tflite_metadata.add(content, _DESCRIPTION)


@pytest.fixture(scope="module")
def detections(detector):
    return tflite.convert(detector, "float")


def _tensors(content, **changes):
    """Returns what is said of the input, and of the outputs by name."""
    added = tflite_metadata.add(content, {**_DESCRIPTION, **changes})
    (graph,) = tflite_metadata.read(added)["subgraph_metadata"]
    (image,) = graph["input_tensor_metadata"]
    outputs = graph["output_tensor_metadata"]
    return image, {output["name"]: output for output in outputs}


def _normalization(image):
    (unit,) = image["process_units"]
    return unit["options"]["mean"], unit["options"]["std"]


def test_labels_can_be_unzipped(changed):
    with zipfile.ZipFile(io.BytesIO(changed)) as archive:
        assert archive.testzip() is None
        (entry,) = archive.infolist()
        text = archive.read(entry).decode()
    assert text.splitlines() == ["cat", "Ärger", "two lines", "emu"]
    assert entry.filename == "labels.txt"
    assert entry.compress_type == zipfile.ZIP_STORED


def test_files_are_read_too(changed):
    text = "cat\nÄrger\ntwo lines\nemu\n"
    assert tflite_metadata.read(changed)["files"] == {"labels.txt": text}


def test_the_input_tells_its_normalisation(content):
    image, _ = _tensors(content)
    assert image["name"] == "image"
    assert _normalization(image) == ([1, 2, 51], [4, 5, 51])


def test_the_range_of_the_input_is_that_of_normalised_bytes(content):
    image, _ = _tensors(content)
    assert image["stats"]["min"] == pytest.approx([-0.25, -0.4, -1])
    assert image["stats"]["max"] == pytest.approx([63.5, 50.6, 4])


def test_normalisation_inside_leaves_bytes_as_they_are(content):
    image, _ = _tensors(content, preprocessing="inside")
    assert _normalization(image) == ([0], [1])
    assert image["stats"] == {"max": [255], "min": [0]}


@pytest.mark.parametrize(("channels", "expected"), [(3, 1), (1, 2), (2, None)])
def test_the_input_tells_its_colors(content, channels, expected):
    image, _ = _tensors(content, image_shape=[8, 8, channels])
    properties = image["content"]["content_properties"]
    assert properties["kind"] == "ImageProperties"
    assert properties["default_size"] == {"width": 8, "height": 8}
    assert properties.get("color_space") == expected


def test_features_are_no_image(content):
    image, _ = _tensors(content, kind="audio")
    assert image["content"]["content_properties"] == {
        "kind": "FeatureProperties"
    }
    assert _normalization(image) == ([1, 2, 51], [4, 5, 51])


def test_the_output_has_labels_along_its_last_axis(content):
    _, outputs = _tensors(content)
    (file,) = outputs["probabilities"]["associated_files"]
    assert (file["name"], file["type"]) == ("labels.txt", 2)


def test_tasks_are_told_apart(content):
    _, outputs = _tensors(content, task="multilabel")
    assert "each on its own" in outputs["probabilities"]["description"]


def test_boxes_have_no_labels(detections):
    _, outputs = _tensors(detections, task="detection")
    assert set(outputs) == {"boxes", "scores"}
    assert "associated_files" not in outputs["boxes"]
    assert "associated_files" in outputs["scores"]


def test_outputs_stand_in_the_order_of_the_file(detections):
    _, outputs = _tensors(detections, task="detection")
    runner = litert.Interpreter(model_content=detections)
    last = [int(d["shape"][-1]) for d in runner.get_output_details()]
    assert [{"boxes": 4, "scores": 2}[name] for name in outputs] == last


def test_the_file_gives_the_same(content, changed, images):
    outputs = []
    for each in (content, changed):
        runner = litert.Interpreter(model_content=each)
        serve = runner.get_signature_runner("serve")
        image = np.round(images[:1] * 127).astype(np.int8)
        outputs.append(serve(image=image)["probabilities"])
    np.testing.assert_array_equal(*outputs)


def test_microcontrollers_run_the_file(changed, images, tmp_path):
    pytest.importorskip("tflite_micro", reason="The extra `micro` is absent.")
    path = tmp_path / "model.tflite"
    path.write_bytes(changed)
    found = runtime.check(path, file_operators.read(path), images)
    assert found["offences"] == []
    assert found["agreement"] == 1.0


def test_removal_gives_the_file_back(content, changed):
    bare = tflite_metadata.remove(changed)
    assert bare == content + bytes(-len(content) % 16)


def test_metadata_are_replaced(changed):
    assert tflite_metadata.add(changed, _DESCRIPTION) == changed


def test_a_file_without_metadata_has_none(content):
    assert tflite_metadata.read(content) == {}
    assert tflite_metadata.remove(content) == content


def test_broken_metadata_are_told(content):
    broken = b"\xff\xff\xff\x7fM001"
    entry = tflite_metadata.ENTRY
    changed = metadata_entry.insert(content, entry, broken)
    with pytest.raises(errors.UserError, match="are corrupt"):
        tflite_metadata.read(changed)
