"""Lists the commands."""

_COMMANDS = """Commands, each with --helpshort:
  python -m ednas_tf.search     search, then train and export (--through)
  python -m ednas_tf.train      train the network of an architecture file
  python -m ednas_tf.export     write SavedModel and TFLite files
  python -m ednas_tf.evaluate   measure every file on the test split
  python -m ednas_tf.sweep      search for each of several budgets
  python -m ednas_tf.lut        measure, import, show and check cost tables
Start with: python -m ednas_tf.search --flagfile=demo.flags"""

if __name__ == "__main__":
    print(_COMMANDS)
