"""States are whole, checked, and hold what weights leave out."""

import json

import keras
import numpy as np
import pytest

from ednas_tf import errors, runs
from ednas_tf.callbacks import states

_FOLDER = "checkpoint/train"


def _model():
    inputs = keras.Input((4,))
    outputs = keras.layers.Dense(3)(keras.layers.Dropout(0.5, seed=1)(inputs))
    model = keras.Model(inputs, outputs)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, loss="mse", metrics=["mae"])
    return model


def _train(model, steps=1):
    images = np.ones((4 * steps, 4), np.float32)
    labels = np.zeros((4 * steps, 3))
    model.fit(images, labels, batch_size=4, shuffle=False, verbose=0)


def _load(model, path):
    model.load_weights(str(path))


@pytest.fixture
def run(tmp_path):
    return runs.Run(tmp_path)


def _saved(run, *epochs):
    model = _model()
    for epoch in epochs:
        _train(model)
        states.save(model, run, _FOLDER, states.Place(epoch))
    return model


def test_dropout_goes_on_with_the_draws_it_would_have_made(run):
    model, other = _saved(run, 1), _model()
    assert states.restore(other, run, _FOLDER, _load) == states.Place(1)
    for _ in range(2):
        _train(model, steps=2)
        _train(other, steps=2)
    for one, two in zip(model.variables, other.variables, strict=True):
        np.testing.assert_array_equal(np.array(one), np.array(two))


def test_the_last_two_states_are_kept(run):
    _saved(run, 1, 2, 3)
    names = sorted(path.name for path in run.path(_FOLDER).iterdir())
    assert names == [
        f"epoch0000{epoch}{end}"
        for epoch in (2, 3)
        for end in (".json", ".weights.h5")
    ]


def test_steps_of_an_epoch_follow_its_begin_and_precede_its_end(run):
    model = _model()
    _train(model)
    places = [states.Place(1, 12, 3.5), states.Place(1), states.Place(2)]
    for place in (places[1], places[0]):
        states.save(model, run, _FOLDER, place)
    found = states.restore(model, run, _FOLDER, _load)
    assert (found.epoch, found.step, found.seconds) == (1, 12, 3.5)
    states.save(model, run, _FOLDER, places[2])
    assert states.restore(model, run, _FOLDER, _load).epoch == 2


def test_metrics_of_a_broken_epoch_are_added(run):
    model, other = _model(), _model()
    _train(model)
    states.save(model, run, _FOLDER, states.Place(0, 1))
    expected = [2 * np.array(v) for v in model.metrics_variables]
    place = states.restore(other, run, _FOLDER, _load)
    states.add_metrics(model, place)
    np.testing.assert_array_equal(
        [np.array(v) for v in model.metrics_variables], expected
    )


@pytest.mark.parametrize(
    "spoil", ["flip", "cut", "gone", "record", "schema", "place"]
)
def test_a_broken_state_is_passed_over_with_a_warning(run, spoil, caplog):
    _saved(run, 1, 2)
    weights = run.path(f"{_FOLDER}/epoch00002.weights.h5")
    record = run.path(f"{_FOLDER}/epoch00002.json")
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    later = record.read_text().replace('"epoch": 2', '"epoch": 6')
    {
        "flip": lambda: weights.write_bytes(content),
        "cut": lambda: weights.write_bytes(content[:-100]),
        "gone": weights.unlink,
        "record": lambda: record.write_text('{"schema": '),
        "schema": lambda: record.write_text('{"schema": "other/1"}'),
        "place": lambda: record.write_text(later),
    }[spoil]()
    assert states.restore(_model(), run, _FOLDER, _load) == states.Place(1)
    assert "passed over" in caplog.text


def test_no_good_state_at_all_is_told(run):
    _saved(run, 1)
    run.path(f"{_FOLDER}/epoch00001.json").write_text("{}")
    with pytest.raises(errors.UserError, match="cannot be read.*--overwrite"):
        states.restore(_model(), run, _FOLDER, _load)


def test_weights_without_a_record_are_no_state(run):
    model = _saved(run, 1)
    run.path(f"{_FOLDER}/epoch00001.json").unlink()
    assert states.restore(model, run, _FOLDER, _load) == states.Place()


def test_a_record_of_another_network_changes_nothing(run):
    _saved(run, 1, 2)
    path = run.path(f"{_FOLDER}/epoch00002.json")
    record = {**json.loads(path.read_text()), "generators": []}
    record["record_sha256"] = states._digest(record)
    path.write_text(json.dumps(record))
    assert states.restore(_model(), run, _FOLDER, _load) == states.Place(1)
