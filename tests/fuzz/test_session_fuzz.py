"""Whatever an agent sends, the core answers with effects that a desktop can carry out, or with one clean violation."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocol.codec import encode
from protocol.formats import HEADER
from protocol.messages import TABLE, Direction, MessageType
from tests.fuzz.messages import bodies, streams
from tests.fuzz.target import talk
from tests.protocol.slicing import WAYS


@settings(max_examples=300 if settings.get_current_profile_name() == "ci" else 10_000)
@given(streams(), st.integers(0, 8))
@example(encode(MessageType.CREATE, 1, -16384, -6144, 1, 1, 0, 1) + encode(MessageType.MAP, 1, 1, 1), 8)
def test_whatever_an_agent_sends_is_done_or_refused(data: bytes, minor: int) -> None:
    outcomes = [talk(way(data), minor) for way in WAYS.values()]
    assert outcomes[1:] == outcomes[:1] * (len(outcomes) - 1)


@given(st.data())
def test_every_type_to_an_existing_window_is_done_or_refused(data: st.DataObject) -> None:
    """Each row of the table in turn, so that none hides behind an early violation."""
    create = encode(MessageType.CREATE, 7, 10, 10, 50, 50, 0, data.draw(st.integers(0, 1)))
    mapped = encode(MessageType.MAP, 7, 0, 0) if data.draw(st.booleans()) else b""
    for spec in TABLE.values():
        if Direction.TO_DAEMON in spec.direction:
            body = data.draw(bodies(spec))
            talk([create, mapped, HEADER.pack(spec.type, 7, len(body)) + body], 8)
