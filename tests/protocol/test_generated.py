"""What is generated equals its sources, and construct (the oracle) equals the formats that run."""

import struct

import construct
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import formats
from protocol.derive import NotFlatError, derive
from protocol.extensions import SUPPORTED
from protocol.generate import formats_text
from protocol.messages import TABLE, Role
from protocol.page import page_text
from protocol.wire import WIRE, WireStruct
from tests.harness.processes import ROOMS_IN, ROOT

IDS = [wire.constant for wire in WIRE]


def test_formats_are_as_generated() -> None:
    assert (ROOMS_IN / "protocol" / "formats.py").read_text() == formats_text(), "run python -m protocol.generate"


def test_page_is_as_generated() -> None:
    assert (ROOT / "docs" / "protocol.md").read_text() == page_text(), "run python -m protocol.generate"


@pytest.mark.parametrize("wire", WIRE, ids=IDS)
@given(data=st.data())
def test_construct_and_the_flat_format_read_and_write_the_same(wire: WireStruct, data: st.DataObject) -> None:
    layout: struct.Struct = getattr(formats, wire.constant)
    body = getattr(formats, wire.class_name)
    raw = data.draw(st.binary(min_size=layout.size, max_size=layout.size))
    parsed = wire.layout.parse(raw)
    values = body._make(layout.unpack(raw))
    assert values._asdict() == {name: value for name, value in parsed.items() if not name.startswith("_")}
    assert wire.layout.build(values._asdict()) == layout.pack(*values) == raw


def test_every_layout_of_the_table_is_in_the_wire_definitions() -> None:
    named = {wire.class_name for wire in WIRE} - {"Header", "XConf", "Version", "Monitor"}
    assert {spec.body.__name__ for spec in TABLE.values() if spec.body} == named


@pytest.mark.parametrize(
    "layout",
    [
        construct.Struct("n" / construct.Int32ul, "data" / construct.Bytes(construct.this.n)),
        construct.Struct("a" / construct.Int32ul, "b" / construct.Int32ub),
        construct.Struct(construct.Int32ul),
        construct.Struct("a" / construct.GreedyBytes),
        construct.Struct("a" / construct.Array(2, construct.Int32ul)),
    ],
    ids=["variable bytes", "two byte orders", "no name", "greedy", "array"],
)
def test_layout_that_is_not_flat_is_refused(layout: object) -> None:
    with pytest.raises(NotFlatError):
        derive(layout)


def test_page_names_every_message_and_limit() -> None:
    text = page_text()
    for spec in TABLE.values():
        assert f"| {spec.type.name} |" in text
    assert "`MAX_GRANT_REFS` | 98,304" in text
    assert "01005456 00000000 08000000 01000000 " + int(SUPPORTED[Role.DAEMON]).to_bytes(4, "little").hex() in text
