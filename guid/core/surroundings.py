"""What an agent is told of the desktop around it: keyboard layout, monitors, scale; must not know where from."""

from __future__ import annotations

from guid.core import effects as fx
from guid.core.teller import Teller
from protocol.codec import encode
from protocol.extensions import Feature
from protocol.keyboard import Layout, layout_fields
from protocol.messages import MessageType
from protocol.monitors import MonitorLayout, layout_tail
from protocol.monitors import layout_fields as monitor_fields
from protocol.scale import Scale, scale_fields


class Surroundings:
    """One agent, and what it knows."""

    def __init__(self) -> None:
        self.layout = Teller[Layout](Feature.KEYBOARD, _keyboard)
        self.monitors = Teller[MonitorLayout](Feature.MONITORS, _monitors)
        self.scale = Teller[Scale](Feature.SCALE, _scale)

    def agree(self, features: Feature) -> list[fx.Effect]:
        """The features that both sides named: what is known of each is told, the scale last."""
        return [*self.layout.agree(features), *self.monitors.agree(features), *self.scale.agree(features)]


def _keyboard(layout: Layout) -> bytes:
    return encode(MessageType.KEYBOARD, 0, *layout_fields(layout))


def _monitors(layout: MonitorLayout) -> bytes:
    return encode(MessageType.MONITORS, 0, *monitor_fields(layout), tail=layout_tail(layout))


def _scale(scale: Scale) -> bytes:
    return encode(MessageType.SCALE, 0, *scale_fields(scale))
