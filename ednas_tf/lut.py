"""Measures, imports, shows and checks tables of what operators cost.

Examples:
  python -m ednas_tf.lut --action=measure --flagfile=cifar10.flags
    --data_dir=DIR --target=host --output=host.json
  python -m ednas_tf.lut --action=import --format=benchmark_model
    --input=profile.csv --model=model.tflite --output=board.json
  python -m ednas_tf.lut --action=show --flagfile=demo.flags --lut=board.json
  python -m ednas_tf.lut --action=check --flagfile=demo.flags --lut=board.json
"""

from absl import flags

from ednas_tf import config

for module in (config.lut, config.device, config.space, config.data):
    flags.adopt_module_key_flags(module)
for name in ("lut", "dry_run"):
    flags.declare_key_flag(name)


def main(argv):
    """Does what `--action` says."""
    del argv  # Checked by `config.start`.
    from ednas_tf.stages import tables

    return tables.run(config.from_flags())


if __name__ == "__main__":
    config.start(main)
