"""The table and the limits: complete, consistent with each other and with the C header's numbers."""

import pytest

from protocol import limits
from protocol.extensions import SUPPORTED, Feature, agreed
from protocol.messages import TABLE, Direction, MessageSpec, MessageType, Role, WindowRule

# Body sizes as the C compiler gives them (watched on the C daemon), and the directions of the C peers.
C_SIZES = {
    "KEYPRESS": (20, "agent"),
    "BUTTON": (20, "agent"),
    "MOTION": (16, "agent"),
    "CROSSING": (28, "agent"),
    "FOCUS": (12, "agent"),
    "RESIZE": (0, ""),
    "CREATE": (24, "daemon"),
    "DESTROY": (0, "both"),
    "MAP": (8, "both"),
    "UNMAP": (0, "daemon"),
    "CONFIGURE": (20, "both"),
    "MFNDUMP": (28, "daemon"),
    "SHMIMAGE": (16, "daemon"),
    "CLOSE": (0, "agent"),
    "EXECUTE": (255, ""),
    "CLIPBOARD_REQ": (0, "agent"),
    "CLIPBOARD_DATA": (0, "both"),
    "WMNAME": (128, "daemon"),
    "KEYMAP_NOTIFY": (32, "agent"),
    "DOCK": (0, "daemon"),
    "WINDOW_HINTS": (36, "daemon"),
    "WINDOW_FLAGS": (8, "both"),
    "WMCLASS": (128, "daemon"),
    "WINDOW_DUMP": (16, "daemon"),
    "CURSOR": (4, "daemon"),
    "WINDOW_DUMP_ACK": (0, "agent"),
}
DIRECTIONS = {
    "agent": Direction.TO_AGENT,
    "daemon": Direction.TO_DAEMON,
    "both": Direction.BOTH,
    "": Direction(0),
}
ROWS = list(TABLE.values())


def test_table_has_a_row_for_every_type() -> None:
    assert list(TABLE) == list(MessageType)
    assert all(number == spec.type for number, spec in TABLE.items())


def test_types_of_the_c_header_are_124_to_149_in_its_order() -> None:
    assert [(spec.type.name, spec.type.value) for spec in ROWS if spec.c_name] == [
        (name, number) for number, name in enumerate(C_SIZES, start=124)
    ]


@pytest.mark.parametrize("name", C_SIZES)
def test_row_has_the_size_and_direction_of_c(name: str) -> None:
    spec = TABLE[MessageType[name]]
    size, direction = C_SIZES[name]
    assert (spec.fixed_len, spec.min_len, spec.direction) == (size, size, DIRECTIONS[direction])
    assert spec.c_name == f"MSG_{name}"


@pytest.mark.parametrize("spec", ROWS, ids=[spec.type.name for spec in ROWS])
def test_row_agrees_with_itself(spec: MessageSpec) -> None:
    assert (spec.body is None) == (spec.layout is None)
    assert spec.min_len <= spec.max_len
    assert (spec.tail is None) == (spec.min_len == spec.max_len)
    assert spec.max_len <= limits.MAX_BODY_BYTES
    assert spec.doc.endswith(".")


def test_window_rules_are_those_of_the_c_daemon() -> None:
    special = {
        spec.type.name: spec.window_rule for spec in ROWS if spec.c_name and spec.window_rule is not WindowRule.EXISTING
    }
    assert special == {
        "CREATE": WindowRule.NEW,
        "CLIPBOARD_DATA": WindowRule.ANY,
        "KEYMAP_NOTIFY": WindowRule.ZERO,
        "EXECUTE": WindowRule.ANY,
    }


def test_versions_are_those_of_the_reference() -> None:
    assert TABLE[MessageType.DESTROY].answer_since_minor == 5
    assert TABLE[MessageType.WINDOW_DUMP_ACK].since_minor == 7
    assert TABLE[MessageType.EXT_HELLO].since_minor == 8


def test_limits_are_those_of_the_c_header() -> None:
    assert limits.MAX_WINDOW_BYTES == 402_653_184
    assert limits.MAX_GRANT_REFS == 98_304
    assert max(spec.max_len for spec in ROWS) == limits.MAX_BODY_BYTES
    sizes = {spec.type.name: spec.fixed_len for spec in ROWS}
    assert sizes["WMNAME"] == limits.TITLE_BYTES
    assert sizes["WMCLASS"] == 2 * limits.CLASS_BYTES
    assert sizes["KEYMAP_NOTIFY"] == limits.KEYMAP_BYTES
    # One message always fits in the queue of a peer that has just been answered.
    assert limits.MAX_BODY_BYTES + limits.HEADER_BYTES < limits.MAX_OUTPUT_QUEUE_BYTES


@pytest.mark.parametrize("size", [limits.MIN_POOL_BYTES, limits.DEFAULT_POOL_BYTES, limits.MAX_POOL_BYTES])
def test_pool_sizes_are_powers_of_two(size: int) -> None:
    assert size & (size - 1) == 0
    assert size % limits.PAGE_BYTES == 0


@pytest.mark.parametrize("us", Role)
def test_features_agreed_are_those_that_both_named(us: Role) -> None:
    assert agreed(us, 0xFFFF_FFFF) == SUPPORTED[us]
    assert agreed(us, 0) == Feature(0)


def test_every_row_of_an_extension_has_its_feature_bit() -> None:
    extensions = [spec.type.name for spec in ROWS if spec.type > MessageType.EXT_HELLO]
    assert extensions == [feature.name for feature in Feature]
