"""What was chosen is told in few words."""

from ednas_tf.reporting.page import network_notes
from tests.reporting import run_folders


def test_chosen_operation_is_told_first():
    known = {"dw3": 0.1, "dw5": 0.2, "dw7": 0.6, "skip": 0.1}
    notes = network_notes.of(run_folders.tiny(), {"stage1_block1": known}, {})
    told = [note.replace("\xa0", " ") for note in notes["stage1_block1"]]
    assert told == ["dw5 20 %", "dw7 60 %", "dw3 10 %", "1 more"]


def test_kept_channels_are_told():
    rows = [{"group": "stem", "size": 32.0}]
    sizes = network_notes.sizes(rows)
    notes = network_notes.of(run_folders.tiny(), {}, sizes)
    assert notes == {"stem": ["32 of 32 channels"]}
