"""What daemon and supervisor say to each other of the clipboard: there and back, and nothing else."""

import json

import pytest

from guid.clipboard import effects as fx
from guid.clipboard import events as ev
from guid.clipboard.packets import KEY, ORDERS, REPORTS, BadPacket, Order, Report, order, packet, report
from guid.core.contents import ContentKind, Contents

IMAGE = Contents(ContentKind.IMAGE, 24, 3, 2)
SAID: list[Report] = [
    ev.Joined("work", ev.Traits(64_000, 256_000, takes_images=True, clear_after_s=3)),
    ev.Changed("work", ev.Traits(256, 65_000, keep=True, forget_after_s=9)),
    ev.Left("work"),
    ev.CopyChord("work", 7, 0xFFFFFFFF),
    ev.PasteChord("work", 7, 0),
    ev.Offered("work", 5, IMAGE),
    ev.Delivered("work", 5, Contents(ContentKind.TEXT, 9), 33),
    ev.Nothing("work", 5),
    ev.Oversized("work", 5, None, 64_000),
    ev.Oversized("work", 5, 70_000, 64_000),
    ev.Late("work"),
    ev.Unasked("work", 0),
    ev.NotGiven("work"),
]
TOLD: list[Order] = [
    fx.Request("work", 7, 5),
    fx.Want("work", 5),
    fx.Dismiss("work", 5),
    fx.Give("work", 7, 5, IMAGE, 33),
    fx.TakeBack("work", 5),
]


@pytest.mark.parametrize("said", SAID, ids=lambda said: type(said).__name__)
def test_report_comes_out_as_it_went_in(said: Report) -> None:
    written = json.loads(json.dumps(packet(said)))
    assert "work" not in str(written)  # whose it is, the socket says
    assert report(written[KEY], "work", 33 if isinstance(said, ev.Delivered) else None) == said


@pytest.mark.parametrize("said", TOLD, ids=lambda said: type(said).__name__)
def test_order_comes_out_as_it_went_in(said: Order) -> None:
    written = json.loads(json.dumps(packet(said)))
    assert order(written[KEY], "work", 33 if isinstance(said, fx.Give) else None) == said


def test_every_kind_is_tried_here() -> None:
    assert {type(each).__name__ for each in SAID} == set(REPORTS)
    assert {type(each).__name__ for each in TOLD} == set(ORDERS)


@pytest.mark.parametrize(
    "found",
    [
        None,
        {},
        {"is": "Request", "window": 1, "nonce": 2},
        {"is": "Nothing"},
        {"is": "Nothing", "nonce": "5"},
        {"is": "Nothing", "nonce": True},
        {"is": "Offered", "nonce": 1, "contents": ["music", 1, 0, 0]},
        {"is": "Offered", "nonce": 1, "contents": ["text", -1, 0, 0]},
        {"is": "Offered", "nonce": 1, "contents": ["text"]},
        {"is": "Joined", "traits": {"surprise": 1}},
        {"is": "Delivered", "nonce": 1, "contents": ["text", 1, 0, 0]},
    ],
)
def test_packet_that_says_nothing_understandable_is_refused(found: object) -> None:
    with pytest.raises(BadPacket):
        report(found, "work", None)
