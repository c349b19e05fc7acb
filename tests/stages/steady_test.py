"""A run does the same work in every epoch: no new graphs, no new memory."""

import os
import pathlib

import keras
import pytest

from ednas_tf import callbacks, criteria, runs, spaces, training
from ednas_tf.data import DataSpec, augmentation, load, pipeline
from ednas_tf.networks import derived
from ednas_tf.searchers import Searcher
from ednas_tf.spaces import presets

EPOCHS = 12
SETTLED = 4
_STATUS = pathlib.Path("/proc/self/statm")


class Watch(keras.callbacks.Callback):
    """Remembers traced steps and resident bytes at the end of each epoch."""

    def __init__(self):
        super().__init__()
        self.traced = 0
        self.graphs, self.bytes = [], []

    def count(self, model):
        """Counts how often the steps' Python code runs: once per graph."""
        for name in ("train_step", "test_step"):
            setattr(model, name, self._counted(getattr(model, name)))

    def on_epoch_end(self, epoch, logs=None):
        self.graphs.append(self.traced)
        pages = int(_STATUS.read_text().split()[1]) if _STATUS.exists() else 0
        self.bytes.append(pages * os.sysconf("SC_PAGE_SIZE"))

    def _counted(self, step):
        def run(data):
            self.traced += 1
            return step(data)

        return run


def space(dataset):
    shape = dataset.input_shape
    skeleton = presets.build("tiny", shape, dataset.num_classes, stem_kernel=3)
    return spaces.with_operations(skeleton, ("dw3", "dw7"))


def search(dataset, batches, watching):
    model = Searcher(space(dataset))
    model.compile(
        training.weight_optimizer(0.05), training.alpha_optimizer(0.05)
    )
    pairs = pipeline.searching(dataset.splits, *batches)
    fit(model, dataset, pairs, watching)


def train(dataset, batches, watching):
    slots = space(dataset).slots
    chosen = spaces.choose(space(dataset).skeleton, ["dw7"] * len(slots))
    model = derived.build_for_training(chosen)
    criterion = criteria.of(chosen.skeleton)
    training.compile_network(model, training.weight_optimizer(0.05), criterion)
    rows = pipeline.training(dataset.splits.train, *batches)
    fit(model, dataset, rows, watching)


def fit(model, dataset, batches, watching):
    # The last of the batches for validation is smaller than the others.
    validation = pipeline.evaluation(dataset.splits.validation, dataset, 13)
    watching[-1].count(model)
    model.fit(
        batches,
        epochs=EPOCHS,
        validation_data=validation,
        verbose=0,
        callbacks=watching,
    )


@pytest.mark.parametrize("stage", [search, train])
def test_epochs_add_neither_graphs_nor_memory(stage, tmp_path):
    dataset = load(DataSpec("digits", image_size=8, seed=0))
    watch, run = Watch(), runs.Run(tmp_path)
    label = {search: "search", train: "train"}[stage]
    records = [callbacks.AlphaHistory(run)] if label == "search" else []
    standard = callbacks.standard(run, label, EPOCHS, records=records)
    batches = (
        dataset,
        augmentation.parse("none", "digits", dataset.input_shape),
        64,
        0,
    )
    stage(dataset, batches, [*standard, watch])
    assert watch.graphs == [watch.graphs[0]] * EPOCHS
    grown = watch.bytes[-1] - watch.bytes[SETTLED]
    # The files of the run and a heap in pieces take up to 0.5 MB an epoch; one
    # layer's activations, kept at each of its steps, would take 10 MB.
    assert grown < 1e6 * (EPOCHS - SETTLED), watch.bytes
