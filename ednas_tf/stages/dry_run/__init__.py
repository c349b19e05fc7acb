"""What each command would read, do and write, told by `--dry_run`.

A dry run refuses what the command would refuse, as far as that can be known
before the work, and writes nothing.
"""

from ednas_tf.stages.dry_run.evaluation import describe as of_evaluation
from ednas_tf.stages.dry_run.export import describe as of_export
from ednas_tf.stages.dry_run.search import describe as of_search
from ednas_tf.stages.dry_run.sweep import describe as of_sweep
from ednas_tf.stages.dry_run.tables import describe as of_tables
from ednas_tf.stages.dry_run.training import describe as of_training

__all__ = [
    "of_evaluation",
    "of_export",
    "of_search",
    "of_sweep",
    "of_tables",
    "of_training",
]
