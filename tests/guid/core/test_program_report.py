"""guid/core/sanitize.py: what a qube says of its programs on the control channel is a report or a violation."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core import sanitize
from guid.core.values import ProgramReport
from protocol.errors import RemoteProtocolError, Violation


def report(packet: object) -> ProgramReport | None:
    return sanitize.program_report(untrusted_packet=json.dumps(packet).encode())


def test_program_report_of_each_kind_is_read() -> None:
    assert report({"started": {"id": 3}}) == ProgramReport("started", 3, 0, "")
    assert report({"failed": {"id": 3, "error": "no\x1b such"}}) == ProgramReport("failed", 3, 0, "no\\x1b such")
    assert report({"exited": {"id": 3, "status": 258}}) == ProgramReport("exited", 3, 2, "")
    assert report({"ready": True}) is None
    assert report({"lost": True}) == ProgramReport(sanitize.SESSION_LOST, 0, 0, "")


def test_program_report_error_is_cut() -> None:
    found = report({"failed": {"id": 1, "error": "x" * 5000}})
    assert found is not None
    assert len(found.error) == sanitize.MAX_PROGRAM_ERROR_CHARACTERS


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\xff",
        b"[1]",
        b"{}",
        b'{"ready": true, "started": {"id": 1}}',
        b'{"killed": {"id": 1}}',
        b'{"lost": {"id": 1}}',
        b'{"lost": false}',
        b'{"started": 1}',
        b'{"started": {}}',
        b'{"started": {"id": "1"}}',
        b'{"started": {"id": true}}',
        b'{"exited": {"id": 1, "status": 1.5}}',
        b'{"exited": {"id": 1, "status": null}}',
        b'{"failed": {"id": 1, "error": ["a"]}}',
        b"[" * 65_000,
        b'{"exited": {"id": ' + b"9" * 60_000 + b"}}",
    ],
)
def test_program_report_of_another_form_is_refused(packet: bytes) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        sanitize.program_report(untrusted_packet=packet)
    assert caught.value.violation is Violation.BAD_VALUE


def test_program_report_nested_to_any_depth_is_a_value_or_a_violation() -> None:
    deepest = sys.getrecursionlimit()
    for depth in (1, deepest // 2, *range(deepest - 60, deepest + 5, 5), 10 * deepest):
        packet = b'{"failed": {"id": 1, "error": ' + b"[" * depth + b"]" * depth + b"}}"
        with pytest.raises(RemoteProtocolError):
            sanitize.program_report(untrusted_packet=packet)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.one_of(
        st.binary(max_size=64),
        JSON.map(lambda value: json.dumps(value).encode()),
        st.tuples(st.sampled_from(["started", "failed", "exited", "ready"]), JSON).map(
            lambda pair: json.dumps({pair[0]: pair[1]}).encode()
        ),
        st.tuples(JSON, JSON).map(
            lambda pair: json.dumps({"exited": {"id": 1, "status": pair[0], "error": pair[1]}}).encode()
        ),
    )
)
def test_program_report_any_packet_gives_a_report_or_a_violation(packet: bytes) -> None:
    try:
        found = sanitize.program_report(untrusted_packet=packet)
    except RemoteProtocolError as error:
        assert error.violation is Violation.BAD_VALUE
        return
    assert found is None or (0 <= found.status <= 255 and found.error.isascii())
