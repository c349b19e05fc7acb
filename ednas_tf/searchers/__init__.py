"""The search: objectives, feedback between paths, decoding."""

from ednas_tf.searchers.cost_loss import CostLoss, Objective
from ednas_tf.searchers.searcher import Searcher, Settings

__all__ = ["CostLoss", "Objective", "Searcher", "Settings"]
