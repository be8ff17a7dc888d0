"""shm/x11/requests.py and MitShm.put_image against python-xlib's own packing, and event layouts against its parsing."""

import random
import struct
from typing import Any, cast

import pytest
from Xlib import X
from Xlib.ext import damage, shape, xtest
from Xlib.protocol import event, request, rq

from shm.x11 import requests
from shm.x11.mitshm import MitShm


class Recorder:
    """Takes a request's bytes in a display's place."""

    def send_request(self, made: Any, wait_for_response: object) -> None:
        del wait_for_response
        self.binary = made._binary


def packed(kind: Any, **fields: Any) -> bytes:
    recorder = Recorder()
    try:
        kind(recorder, **fields)
    except TypeError:
        kind(display=recorder, defer=True, **fields)
    return bytes(recorder.binary)


WINDOW, OTHER, GC = 0x200004, 0x400007, 0x600001

CASES = [
    ("focus", requests.get_input_focus(), request.GetInputFocus, {"defer": True}),
    ("nothing", requests.no_operation(), request.NoOperation, {}),
    ("map", requests.map_window(WINDOW), request.MapWindow, {"window": WINDOW}),
    ("unmap", requests.unmap_window(WINDOW), request.UnmapWindow, {"window": WINDOW}),
    (
        "configure all",
        requests.configure_window(
            WINDOW, x=-5, y=7, width=100, height=65535, border_width=0, sibling=OTHER, stack_mode=X.Below
        ),
        request.ConfigureWindow,
        {
            "window": WINDOW,
            "x": -5,
            "y": 7,
            "width": 100,
            "height": 65535,
            "border_width": 0,
            "sibling": OTHER,
            "stack_mode": X.Below,
        },
    ),
    (
        "configure some",
        requests.configure_window(WINDOW, y=-32768, stack_mode=X.Above),
        request.ConfigureWindow,
        {"window": WINDOW, "y": -32768, "stack_mode": X.Above},
    ),
    (
        "set focus",
        requests.set_input_focus(WINDOW, revert_to=X.RevertToParent, time=12345),
        request.SetInputFocus,
        {"focus": WINDOW, "revert_to": X.RevertToParent, "time": 12345},
    ),
    (
        "copy area",
        requests.copy_area(WINDOW, OTHER, GC, -1, 2, 3, -4, 500, 65535),
        request.CopyArea,
        {
            "src_drawable": WINDOW,
            "dst_drawable": OTHER,
            "gc": GC,
            "src_x": -1,
            "src_y": 2,
            "dst_x": 3,
            "dst_y": -4,
            "width": 500,
            "height": 65535,
        },
    ),
    (
        "poly fill rectangle",
        requests.poly_fill_rectangle(WINDOW, GC, -1, 2, 500, 65535),
        request.PolyFillRectangle,
        {"drawable": WINDOW, "gc": GC, "rectangles": [(-1, 2, 500, 65535)]},
    ),
    (
        "shape select input",
        requests.shape_select_input(129, WINDOW, selected=True),
        shape.SelectInput,
        {"opcode": 129, "destination_window": WINDOW, "enable": 1},
    ),
    (
        "shape query extents",
        requests.shape_query_extents(129, WINDOW),
        shape.QueryExtents,
        {"opcode": 129, "destination_window": WINDOW, "defer": True},
    ),
    (
        "damage subtract",
        requests.damage_subtract(140, OTHER),
        damage.DamageSubtract,
        {"opcode": 140, "damage": OTHER, "repair": 0, "parts": 0},
    ),
    (
        "fake motion",
        requests.fake_input(132, X.MotionNotify, 0, root=WINDOW, x=-3, y=1079),
        xtest.FakeInput,
        {"opcode": 132, "event_type": X.MotionNotify, "detail": 0, "time": 0, "root": WINDOW, "x": -3, "y": 1079},
    ),
    (
        "fake key",
        requests.fake_input(132, X.KeyPress, 38),
        xtest.FakeInput,
        {"opcode": 132, "event_type": X.KeyPress, "detail": 38, "time": 0, "root": 0, "x": 0, "y": 0},
    ),
]


@pytest.mark.parametrize(("ours", "kind", "fields"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_packed_request_equals_python_xlibs(ours: bytes, kind: Any, fields: dict[str, Any]) -> None:
    if fields.pop("defer", False):
        recorder = Recorder()
        kind(display=recorder, defer=True, **fields)
        assert ours == recorder.binary
    else:
        assert ours == packed(kind, **fields)


def test_packed_send_event_equals_python_xlibs() -> None:
    sent = event.ClientMessage(window=WINDOW, client_type=77, data=(32, (1, 2, 3, 4, 5)), sequence_number=0)
    theirs = packed(request.SendEvent, propagate=1, destination=OTHER, event_mask=X.StructureNotifyMask, event=sent)
    ours = requests.send_event(OTHER, sent._binary, propagate=True, event_mask=X.StructureNotifyMask)
    assert ours == theirs


def test_configure_window_value_too_large_for_the_wire_is_an_error() -> None:
    with pytest.raises(struct.error):
        requests.configure_window(WINDOW, width=1 << 16)


class PutImage(rq.Request):
    """The oracle: MIT-SHM's PutImage, field by field."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(3),
        rq.RequestLength(),
        rq.Drawable("drawable"),
        rq.GC("gc"),
        rq.Card16("total_width"),
        rq.Card16("total_height"),
        rq.Card16("src_x"),
        rq.Card16("src_y"),
        rq.Card16("src_width"),
        rq.Card16("src_height"),
        rq.Int16("dst_x"),
        rq.Int16("dst_y"),
        rq.Card8("depth"),
        rq.Card8("format"),
        rq.Bool("send_event"),
        rq.Pad(1),
        rq.Card32("shmseg"),
        rq.Card32("offset"),
    )


def test_packed_put_image_equals_the_field_by_field_one() -> None:
    shm = MitShm.__new__(MitShm)
    shm.opcode = 130
    ours = shm.put_image(WINDOW, GC, 1920, 1080, 1, 2, 3, 4, -5, -6, 24, OTHER, 0xFFFFF000)
    theirs = packed(
        PutImage,
        opcode=130,
        drawable=WINDOW,
        gc=GC,
        total_width=1920,
        total_height=1080,
        src_x=1,
        src_y=2,
        src_width=3,
        src_height=4,
        dst_x=-5,
        dst_y=-6,
        depth=24,
        format=2,
        send_event=0,
        shmseg=OTHER,
        offset=0xFFFFF000,
    )
    assert ours == theirs


LAYOUTS: list[tuple[struct.Struct, Any, Any, dict[str, str]]] = [
    (
        requests.INPUT_EVENT,
        requests.InputEvent,
        event.KeyPress,
        {
            "detail": "detail",
            "time": "time",
            "event_x": "event_x",
            "event_y": "event_y",
            "root_x": "root_x",
            "state": "state",
            "mode": "same_screen",
        },
    ),
    (
        requests.INPUT_EVENT,
        requests.InputEvent,
        event.EnterNotify,
        {"detail": "detail", "event_x": "event_x", "mode": "mode", "flags": "flags", "root_y": "root_y"},
    ),
    (requests.FOCUS_EVENT, requests.FocusEvent, event.FocusIn, {"detail": "detail", "mode": "mode"}),
    (
        requests.EXPOSE_EVENT,
        requests.ExposeEvent,
        event.Expose,
        {"x": "x", "y": "y", "width": "width", "height": "height", "following": "count"},
    ),
    (
        requests.CONFIGURE_EVENT,
        requests.ConfigureEvent,
        event.ConfigureNotify,
        {
            "x": "x",
            "y": "y",
            "width": "width",
            "height": "height",
            "border_width": "border_width",
            "override_redirect": "override",
        },
    ),
]


@pytest.mark.parametrize(("layout", "names", "theirs", "fields"), LAYOUTS, ids=[row[2].__name__ for row in LAYOUTS])
def test_event_layout_equals_python_xlibs(
    layout: struct.Struct, names: Any, theirs: Any, fields: dict[str, str]
) -> None:
    assert layout.size == requests.EVENT_BYTES
    rng = random.Random(4)
    for _ in range(100):
        data = rng.randbytes(32)
        ours = names._make(layout.unpack(data))
        values, _ = theirs._fields.parse_binary(data, _NoDisplay(), rawdict=True)
        for mine, its in fields.items():
            assert getattr(ours, mine) == values[its], (mine, its)
        assert ours.sequence == values["sequence_number"]


class _NoDisplay:
    def get_resource_class(self, name: str, default: None = None) -> None:
        del name, default


def test_damage_event_layout_equals_python_xlibs() -> None:
    data = random.Random(6).randbytes(32)
    ours = requests.DamageEvent._make(requests.DAMAGE_EVENT.unpack(data))
    layout: Any = damage.DamageNotify  # the stubs forget its fields
    values, _ = layout._fields.parse_binary(data, _NoDisplay(), rawdict=True)
    assert (ours.level, ours.damage, ours.time) == (values["level"], values["damage"], values["timestamp"])
    area, geometry = values["area"], values["drawable_geometry"]
    assert (ours.x, ours.y, ours.width, ours.height) == (area.x, area.y, area.width, area.height)
    assert (ours.drawable_x, ours.drawable_width) == (geometry.x, geometry.width)
    assert requests.DAMAGE_EVENT.size == requests.COMPLETION_EVENT.size == 32


def test_shape_layouts_equal_python_xlibs() -> None:
    data = random.Random(7).randbytes(32)
    ours = requests.ShapeEvent._make(requests.SHAPE_EVENT.unpack(data))
    values, _ = cast(Any, shape.NotifyEventData)._fields.parse_binary(data, _NoDisplay(), rawdict=True)
    assert (ours.kind, ours.sequence, ours.shaped) == (data[1], values["sequence_number"], values["shaped"])
    assert ours.window == values["affected_window"]
    assert tuple(ours[4:8]) == tuple(values[f"extents_{side}"] for side in ("x", "y", "width", "height"))
    extents = requests.ShapeExtents._make(requests.SHAPE_EXTENTS_REPLY.unpack(data))
    replied, _ = cast(Any, shape.QueryExtents)._reply.parse_binary(data, _NoDisplay(), rawdict=True)
    assert extents == (replied["bounding_shaped"], replied["clip_shaped"])
