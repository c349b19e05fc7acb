"""The evaluation stage: every artifact on the whole test split."""

from ednas_tf import evaluation, exporting, runs
from ednas_tf.data import pipeline
from ednas_tf.spaces import operators

_BATCH = 250


def run_stage(architecture, dataset, config, run):
    """Measures all artifacts and writes `metrics.json`."""
    batches = pipeline.evaluation(dataset.splits.test, dataset, _BATCH)
    rows = operators.architecture_operators(architecture)
    metrics = evaluation.evaluate(
        run.path(runs.MODEL),
        exporting.artifacts(run) if run.has(runs.EXPORT) else {},
        batches,
        operators.totals(rows),
    )
    run.open("evaluate", config.stages["evaluate"], overwrite=True)
    run.write_json(runs.METRICS, metrics.to_dict())
    for name, row in metrics.artifacts.items():
        print(
            f"evaluate: {name:<20} accuracy {row['accuracy']:.4f} on "
            f"{row['examples']} examples, agreement {row['agreement']:.4f}, "
            f"{row['bytes']:,} bytes, {row['latency_us']:,.0f} us here"
        )
    return metrics
