"""Data whose classes differ in one known structure, and a search on them.

`python -m tests.planted --sampling=softmax` prints what five seeds choose.
"""

import argparse
import sys

import numpy as np
from absl import flags

from ednas_tf import config, data, hardware, runs, spaces
from ednas_tf.searchers import Objective
from ednas_tf.stages import prices, problem, searching

_SIDE = 24
_EXAMPLES = 1400


def images(lag, seed):
    """Noise; class 1 is correlated with itself at a distance of `lag` pixels.

    Mean, variance and every correlation at other distances are those of
    class 0, so only an operation of `lag + 1` pixels sees the difference.

    Returns:
        uint8 images `(n, side, side, 1)`, and labels `(n,)`.
    """
    rng = np.random.default_rng(seed)
    labels = np.arange(_EXAMPLES) % 2
    noise = rng.normal(size=(_EXAMPLES, _SIDE, _SIDE + lag))
    first, second = noise[:, :, lag:], noise[:, :, :_SIDE]
    other = rng.normal(size=first.shape)
    partner = np.where(labels[:, None, None] == 1, second, other)
    values = (first + partner) / np.sqrt(2.0)
    grey = np.clip(128 + 40 * values, 0, 255).astype(np.uint8)
    return grey[..., None], labels.astype(np.int32)


def dataset(lag, seed):
    """Returns the `Dataset` of `images`, cut as the flags' defaults would."""
    pixels, labels = images(lag, seed)
    ids = np.arange(len(labels))
    whole = data.Examples(pixels, labels, ids)
    edges = [0, 630, 1260, _EXAMPLES]
    parts = [whole.take(slice(*e)) for e in zip(edges, edges[1:], strict=False)]
    return data.Dataset(
        name="planted",
        input_shape=(_SIDE, _SIDE, 1),
        num_classes=2,
        classes=("free", "correlated"),
        mean=(float(pixels.mean()),),
        std=(float(pixels.std()),),
        splits=data.Splits(*parts, test=parts[2]),
    )


def space():
    """Three slots of 16 channels at one resolution, after a 1x1 stem."""
    blocks = [spaces.Block(f"block{n}", 16, activation=True) for n in (1, 2, 3)]
    skeleton = spaces.Skeleton(
        name="planted",
        input_shape=(_SIDE, _SIDE, 1),
        num_classes=2,
        stem=spaces.Stem(kernel=1, channels=16),
        blocks=tuple(blocks),
        head=spaces.Head(),
    )
    return spaces.with_operations(skeleton, ("dw3", "dw5", "dw7"))


def search(lag, seed, folder, latency_weight=0.0, given=()):
    """Searches with the flags' defaults, but for `given`.

    Returns:
        Chosen operation of each slot, and the probability of each choice.
    """
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["planted", f"--seed={seed}", "--augment=none", *given])
    settings = config.from_flags()
    runs.set_seed(seed)
    target = hardware.targets.load("tda2")
    found = space()
    question = problem.Problem(
        dataset=dataset(lag, seed),
        augmentation=data.Augmentation(),
        space=found,
        target=target,
        prices=prices.price(settings, found, target),
        budgets={},
        objectives=(Objective("latency_us", latency_weight),)
        if latency_weight
        else (),
    )
    run = runs.Run(folder)
    best = searching.run_stage(question, settings, run)
    rows = run.read_rows(runs.ALPHAS)[-9:]
    odds = {(r["slot"], r["operation"]): r["probability"] for r in rows}
    return [
        (c.operation, float(odds[c.slot, c.operation])) for c in best.choices
    ]


def main():
    """Prints the choices of five seeds on both data sets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", default="runs/planted")
    known, given = parser.parse_known_args()
    for lag, weight in ((6, 0.0), (2, 1.0)):
        for seed in range(5):
            folder = f"{known.folder}/lag{lag}_seed{seed}"
            chosen = search(lag, seed, folder, weight, given)
            told = " ".join(f"{name} {p:.2f}" for name, p in chosen)
            print(f"lag {lag} seed {seed}: {told}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
