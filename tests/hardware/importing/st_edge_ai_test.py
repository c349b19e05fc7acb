"""Tests of importing reports of ST Edge AI."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ednas_tf import errors
from ednas_tf.hardware.importing import st_edge_ai
from ednas_tf.hardware.importing.figures import Request
from tests.hardware.importing.conftest import NETWORK, NODES, c_info, report
from tests.small import spoiled

_KIND = "st_edge_ai"


def _without_times():
    values = report()
    for node in values["graphs"][0]["nodes"]:
        node["exec_time"]["duration_ms"] = None
    return json.dumps(values)


def test_times_in_ms_and_activations_with_their_operator(load):
    table = load(_KIND, c_info())
    assert tuple(entry.operator for entry in table.entries) == NETWORK
    latencies = [round(entry.latency_us, 6) for entry in table.entries]
    assert latencies == [100 + 200, 300, 400, 500, 600, 700, 800]


def test_the_head_names_tool_version_and_device(load):
    table = load(_KIND, c_info())
    assert (table.tool.name, table.tool.version) == ("ST.EdgeAI.Core", "2.2.0")
    assert table.target.device == "stm32h7"
    assert table.provenance.kind == "measured"


def test_newer_files_call_the_type_type(load):
    text = c_info().replace('"description"', '"type"')
    assert len(load(_KIND, text).entries) == len(NETWORK)


def test_changes_of_type_are_overhead(load):
    nodes = (("Conversion", {}), *NODES)
    assert load(_KIND, c_info(nodes=nodes)).overhead_us == pytest.approx(100)


@pytest.mark.parametrize(
    "text", [_without_times(), c_info().replace("exec", "")]
)
def test_a_network_that_was_not_timed_is_refused(text, refused):
    assert "Node 1 (Conv2D) has no exec_time" in refused(_KIND, text)


def test_times_of_a_pc_are_refused(refused):
    shown = refused(_KIND, c_info(device="x86_64, x86_64, Linux"))
    assert "on a PC" in shown
    assert "--mode target" in shown


@pytest.mark.parametrize("time", [-1, 1e18 * 2, "1", True])
def test_times_that_are_none_are_refused(time, refused):
    shown = refused(_KIND, c_info([1, 1, 1, time, 1, 1, 1, 1]))
    assert "duration_ms of Node 4" in shown


@pytest.mark.parametrize("time", [float("nan"), float("inf")])
def test_times_are_finite(time, refused):
    shown = refused(_KIND, c_info([1, 1, 1, time, 1, 1, 1, 1]))
    assert "Expected finite numbers" in shown


def test_a_time_of_zero_is_refused(refused):
    shown = refused(_KIND, c_info([1, 1, 1, 0, 1, 1, 1, 1]))
    assert "positive number as time of node 4" in shown


def test_another_unit_than_the_total_is_refused(refused):
    shown = refused(_KIND, c_info(exec_time={"duration_ms": 0.0036}))
    assert "3600 us together" in shown


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (NODES[:-1], "ends after operator 6 of the model, which has 7"),
        (NODES[2:], "Node 1 is Conv2D, but operator 1 of the model is conv2d"),
        ((*NODES, ("Dense", {})), "Node 9 is Dense, but the model has only 7"),
        ((("LSTM", {}),), "no entry for a node of type lstm"),
    ],
)
def test_nodes_that_do_not_fit_are_named(nodes, message, refused):
    assert message in refused(_KIND, c_info(nodes=nodes))


def test_another_width_of_the_network_is_refused(refused):
    values = report()
    values["graphs"][0]["nodes"][3]["macc"] = 16 * 16 * 64  # Not 16 * 8 * 8.
    shown = refused(_KIND, json.dumps(values))
    assert "Node 4 has 16384 MACs, but in the model" in shown


def test_a_key_that_comes_twice_is_refused(refused):
    text = c_info().replace('{"duration_ms"', '{"cycles": 1, "duration_ms"')
    assert "'cycles' comes twice" in refused(_KIND, text)


@pytest.mark.parametrize(
    "text", ["", "[" * 100_000, "null", "[]", "{}", c_info()[:-50], "\0"]
)
def test_other_files_are_told(text, refused):
    assert "Expected" in refused(_KIND, text) or "Not JSON" in refused(
        _KIND, text
    )


def test_any_slip_ends_in_figures_or_in_one_line():
    for text in spoiled(c_info()):
        try:
            st_edge_ai.parse(text, Request(NETWORK))
        except errors.UserError as error:
            assert "\n" not in str(error)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.text() | st.floats(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["graphs", "nodes", "exec_time", "environment"]
                ),
                inner,
            )
        ),
    )
)
def test_any_values_end_in_one_line(values):
    with pytest.raises(errors.UserError):
        st_edge_ai.parse(json.dumps(values), Request(NETWORK))
