"""Names of the files in a run folder, by the stage that writes them."""

ARCHITECTURE = "architecture.json"
SEARCH = "search.json"
CONFIG = "config.json"
FLAGS = "run.flags"
HISTORY = "history.csv"
ALPHAS = "alphas.csv"
TENSORBOARD = "tensorboard"
SEARCH_STATE = "checkpoint/search"
TRAIN_STATE = "checkpoint/train"
EXPORT_STATE = "checkpoint/export"
SEARCHED = "checkpoint/searched.weights.h5"
WARMUP = "warmup.json"
WARMED_UP = "checkpoint/warmup.weights.h5"
CHANNELS = "channels.json"
CHANNEL_HISTORY = "channels.csv"
COSTS = "costs.csv"
MODEL = "model.keras"
TRAIN = "train.json"
TRAIN_HISTORY = "train.csv"
REPARAMETERIZATION = "reparameterization.csv"
SAVED_MODEL = "saved_model"
TIDL = "tidl"
MICRO = "micro"
QUANTIZATION = "quantization.csv"
ANCHORS = "anchors.csv"
COMPRESSED = "compressed.keras"
TFLITE_FILES = {
    "float": "model.tflite",
    "float16": "model_float16.tflite",
    "dynamic": "model_dynamic.tflite",
    "int8": "model_int8.tflite",
    "int16x8": "model_int16x8.tflite",
}
EXPORT = "export.json"
METRICS = "metrics.json"
DETECTIONS = "detections.png"
CONFUSION = "confusion.csv"
MISTAKES = "mistakes.json"
REPORT = "report.html"
CARD = "MODEL_CARD.md"
POINTS = "points"
POINT = "point.json"
POINT_FLAGS = "point.flags"
POINT_LOG = "log.txt"
SHARED_WARMUP = "warmup"
PARETO = "pareto.json"
PARETO_TABLE = "pareto.csv"
PARETO_PLOT = "pareto.png"
SWEEP_LOCK = "sweep.lock"

STAGES = {
    "search": (
        ARCHITECTURE,
        SEARCH,
        HISTORY,
        ALPHAS,
        SEARCH_STATE,
        SEARCHED,
        WARMUP,
        WARMED_UP,
        CHANNELS,
        CHANNEL_HISTORY,
        COSTS,
        f"{TENSORBOARD}/search",
    ),
    "train": (
        MODEL,
        TRAIN,
        TRAIN_HISTORY,
        TRAIN_STATE,
        REPARAMETERIZATION,
        f"{TENSORBOARD}/train",
    ),
    "export": (
        SAVED_MODEL,
        EXPORT,
        *TFLITE_FILES.values(),
        QUANTIZATION,
        ANCHORS,
        COMPRESSED,
        TIDL,
        MICRO,
        EXPORT_STATE,
    ),
    "evaluate": (METRICS, DETECTIONS, CONFUSION, MISTAKES),
    "report": (REPORT, CARD),
}
"""What each stage writes, in the order in which they run."""
OWNED = {
    **STAGES,
    "sweep": (POINTS, SHARED_WARMUP, PARETO, PARETO_TABLE, PARETO_PLOT),
}
TOP = tuple(
    dict.fromkeys(
        name.partition("/")[0]
        for name in (
            CONFIG,
            FLAGS,
            POINT,
            POINT_FLAGS,
            POINT_LOG,
            SWEEP_LOCK,
            *(name for names in OWNED.values() for name in names),
        )
    )
)
"""What lies at the top of a run folder."""
