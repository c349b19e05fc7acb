"""The searched network and every file made of it are the same function."""

import numpy as np
import pytest
import tensorflow as tf
from absl import flags

from ednas_tf import config, evaluation, runs, spaces
from ednas_tf.data import pipeline
from ednas_tf.exporting import saved_model, tflite
from ednas_tf.networks import derived, transfer
from ednas_tf.stages import problem, searched_weights, searching

_FLAGS = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=400",
    "--batch_size=32",
    "--search_epochs=3",
    "--warmup_epochs=1",
    "--stem_kernel=3",
    "--operations=dw3,dw5,dw7,dw3d2,avg3,max3,skip",
)


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["test", *_FLAGS])
    settings = config.from_flags()
    runs.set_seed(0)
    question = problem.prepare(settings)
    run = runs.Run(folder)
    found = searching.run_stage(question, settings, run)
    net, _ = searched_weights.load(question, settings, run)
    return question, found, net


@pytest.fixture(scope="module")
def images(searched):
    dataset = searched[0].dataset
    batches = pipeline.evaluation(dataset.splits.test, dataset, 50)
    return next(iter(batches))[0].numpy()


def _supernet_probabilities(searched, images):
    _, found, supernet = searched
    space = searched[0].space
    rows = [
        np.eye(len(s.operations), dtype="float32")[
            [s.operations.index(found.operation(s.name))]
        ]
        for s in space.slots
    ]
    return tf.nn.softmax(supernet([images, *rows], training=False)).numpy()


@pytest.fixture(scope="module")
def model(searched):
    network = derived.build(searched[1])
    transfer.copy(searched[2], network)
    return network


def test_every_form_gives_the_same_outputs(searched, images, model, tmp_path):
    expected = _supernet_probabilities(searched, images)
    assert expected.std() > 0.01
    saved_model.export(model, tmp_path / "saved_model")
    (tmp_path / "model.tflite").write_bytes(tflite.convert(model, "float"))
    outputs = [model(images, training=False).numpy()]
    for name in ("saved_model", "model.tflite"):
        runner = evaluation.open_artifact(tmp_path / name)
        outputs.append(runner.predict(images)["probabilities"])
    for received in outputs:
        assert np.abs(received - expected).max() <= 1e-4 * expected.max()


def test_architecture_file_alone_rebuilds_the_network(searched, model):
    found = spaces.architecture.from_json(searched[1].to_json())
    assert found == searched[1]
    shapes = [w.shape for w in derived.build(found).weights]
    assert shapes == [w.shape for w in model.weights]
