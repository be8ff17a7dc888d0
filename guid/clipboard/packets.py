"""What a daemon and its supervisor say of the clipboard, as JSON under the key "clipboard"; must not know who reads it.

A packet has `is`, the name of an event or of an order, and its fields by name. Whose qube it is about, the socket says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guid.clipboard import effects as fx
from guid.clipboard import events as ev
from guid.core.contents import ContentKind, Contents

KEY = "clipboard"

Report = (
    ev.Joined
    | ev.Changed
    | ev.Left
    | ev.CopyChord
    | ev.PasteChord
    | ev.Offered
    | ev.Delivered
    | ev.Nothing
    | ev.Oversized
    | ev.Late
    | ev.Unasked
    | ev.NotGiven
)
"""What a daemon says. The bytes of `Delivered` travel as the packet's descriptor."""

Order = fx.Request | fx.Want | fx.Dismiss | fx.Give | fx.TakeBack
"""What a daemon is told to do. The bytes of `Give` travel as the packet's descriptor."""

REPORTS: dict[str, type[Any]] = {
    each.__name__: each
    for each in (
        *(ev.Joined, ev.Changed, ev.Left, ev.CopyChord, ev.PasteChord, ev.Offered, ev.Delivered),
        *(ev.Nothing, ev.Oversized, ev.Late, ev.Unasked, ev.NotGiven),
    )
}
ORDERS: dict[str, type[Any]] = {each.__name__: each for each in (fx.Request, fx.Want, fx.Dismiss, fx.Give, fx.TakeBack)}

NOT_WRITTEN = ("qube", "parcel")
"""Fields that only the receiver can fill in."""


class BadPacket(ValueError):
    """A packet that says nothing understandable. The other process's fault, not a qube's."""


def packet(said: Report | Order) -> dict[str, Any]:
    """The JSON object for a report or an order."""
    written = {name: _written(value) for name, value in said._asdict().items() if name not in NOT_WRITTEN}
    return {KEY: {"is": type(said).__name__, **written}}


def report(found: object, qube: str, parcel: int | None) -> Report:
    """What the daemon of `qube` says. parcel: the packet's descriptor. Raises BadPacket."""
    said: Report = _read(found, REPORTS, {"qube": qube, "parcel": parcel})
    return said


def order(found: object, qube: str, parcel: int | None) -> Order:
    """What the daemon of `qube` is to do. parcel: the packet's descriptor. Raises BadPacket."""
    said: Order = _read(found, ORDERS, {"qube": qube, "parcel": parcel})
    return said


def _written(value: object) -> object:
    if isinstance(value, Contents):
        return [value.kind.value, value.size_bytes, value.width_px, value.height_px]
    if isinstance(value, ev.Traits):
        return value._asdict()
    return value


def _read(found: object, kinds: Mapping[str, type[Any]], filled_in: Mapping[str, object]) -> Any:
    if not isinstance(found, dict) or found.get("is") not in kinds:
        raise BadPacket("a clipboard packet of an unknown kind")
    kind = kinds[found["is"]]
    values: dict[str, object] = {}
    for name in kind._fields:
        values[name] = filled_in[name] if name in NOT_WRITTEN else _value(name, found)
        if values[name] is None and name != "size_bytes":
            raise BadPacket(f"{found['is']} without {name}")
    return kind(**values)


def _value(name: str, found: Mapping[str, Any]) -> object:
    value = found.get(name)
    try:
        if name == "contents" and value is not None:
            kind, size_bytes, width_px, height_px = value
            return Contents(ContentKind(kind), *_numbers(size_bytes, width_px, height_px))
        if name == "traits" and value is not None:
            return ev.Traits(**value)
    except (TypeError, ValueError) as error:
        raise BadPacket(f"bad {name}: {type(error).__name__}") from error
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise BadPacket(f"bad {name}")
    return value


def _numbers(*values: object) -> list[int]:
    if not all(isinstance(value, int) and value >= 0 for value in values):
        raise ValueError("sizes are numbers")
    return list(values)  # type: ignore[arg-type]  # looked at one line above
