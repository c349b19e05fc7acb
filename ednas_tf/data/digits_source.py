"""The embedded dataset: scikit-learn's real handwritten digits."""

import numpy as np
from sklearn import datasets

from ednas_tf.data import examples, images, splitting

_DEFAULT_SIZE = 32
_MAX_INK = 16


def read(spec):
    """Reads the 1,797 digits, with a fifth held out for test.

    Args:
        spec: A `DataSpec`; the size of the images is 32 by default.

    Returns:
        A `Source` with images of one channel.
    """
    spec.check_kind(examples.IMAGE)
    digits = datasets.load_digits()
    labels = digits.target.astype(np.int32)
    size = spec.side or _DEFAULT_SIZE
    images.check_memory(len(labels), (size, size, 1))
    pixels = np.round(digits.images * (255 / _MAX_INK)).astype(np.uint8)
    whole = examples.Examples(
        images=images.resize(pixels[..., np.newaxis], (size, size)).numpy(),
        labels=labels,
        ids=np.arange(len(labels)),
    )
    train, test = splitting.holdout(labels, spec.max_examples, spec.seed)
    return examples.Source(
        classes=tuple(str(name) for name in digits.target_names),
        train=whole.take(train),
        test=whole.take(test),
    )
