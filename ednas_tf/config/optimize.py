"""Flags of what is done to the trained network for small integers."""

import dataclasses

from absl import flags

_QUANTIZE = flags.DEFINE_enum(
    "quantize",
    "ptq",
    ["ptq", "qat"],
    "How the int8 file gets its integers: after training, or by further "
    "epochs in which the network feels them (quantization-aware training).",
)
_COMPRESS = flags.DEFINE_enum(
    "compress",
    "none",
    ["none", "prune", "cluster"],
    "Train on so that files shrink under gzip: most weights zero, or few "
    "values of weights in each layer.",
)
_QAT_EPOCHS = flags.DEFINE_integer(
    "qat_epochs", 3, "Further epochs of --quantize=qat.", lower_bound=1
)
_QAT_RATE = flags.DEFINE_float(
    "qat_learning_rate", 1e-4, "Rate of --quantize=qat at first.", 1e-8, 1.0
)
_COMPRESS_EPOCHS = flags.DEFINE_integer(
    "compress_epochs", 10, "Further epochs of --compress.", lower_bound=1
)
_COMPRESS_RATE = flags.DEFINE_float(
    "compress_learning_rate", 1e-3, "Rate of --compress at first.", 1e-8, 1.0
)
_SPARSITY = flags.DEFINE_float(
    "sparsity",
    0.5,
    "Share of the weights that --compress=prune clears.",
    0.01,
    0.99,
)
_CLUSTERS = flags.DEFINE_integer(
    "clusters",
    16,
    "Values of weights that --compress=cluster leaves in a layer.",
    lower_bound=2,
    upper_bound=256,
)


@dataclasses.dataclass(frozen=True)
class OptimizeConfig:
    """Values of the flags of this file, by the same names."""

    quantize: str
    compress: str
    qat_epochs: int
    qat_learning_rate: float
    compress_epochs: int
    compress_learning_rate: float
    sparsity: float
    clusters: int

    @property
    def idle(self):
        """Names of the flags that have no effect beside the others."""
        owners = {
            "qat_epochs": self.quantize == "qat",
            "qat_learning_rate": self.quantize == "qat",
            "compress_epochs": self.compress != "none",
            "compress_learning_rate": self.compress != "none",
            "sparsity": self.compress == "prune",
            "clusters": self.compress == "cluster",
        }
        return tuple(name for name, used in owners.items() if not used)

    @property
    def trains(self):
        """Whether the network is trained on before it is exported."""
        return self.quantize == "qat" or self.compress != "none"


def from_flags():
    """Returns the values of this file's flags."""
    return OptimizeConfig(
        quantize=_QUANTIZE.value,
        compress=_COMPRESS.value,
        qat_epochs=_QAT_EPOCHS.value,
        qat_learning_rate=_QAT_RATE.value,
        compress_epochs=_COMPRESS_EPOCHS.value,
        compress_learning_rate=_COMPRESS_RATE.value,
        sparsity=_SPARSITY.value,
        clusters=_CLUSTERS.value,
    )
