"""The life of one window as the daemon sees it. It must not know messages or X events."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from protocol.errors import LocalProtocolError


class Stage(Enum):
    """How much the daemon knows."""

    LOCAL = "lives in the qube; the daemon does not know the id"
    KNOWN = "announced by CREATE; not shown"
    SHOWN = "announced and shown by MAP"
    ENDED = "DESTROY was sent; the id stays taken until the daemon echoes it"
    GONE = "forgotten on both sides"


class Step(Enum):
    """What changes it."""

    ANNOUNCE = "CREATE is sent"
    SHOW = "MAP is sent"
    HIDE = "UNMAP is sent"
    END = "the window is gone; DESTROY is sent if the daemon knows it"
    ECHO = "the daemon echoed DESTROY, or is too old to do so"
    SEVER = "the connection is lost"


TRANSITIONS: Mapping[tuple[Stage, Step], Stage] = MappingProxyType(
    {
        (Stage.LOCAL, Step.ANNOUNCE): Stage.KNOWN,
        (Stage.LOCAL, Step.END): Stage.GONE,
        (Stage.LOCAL, Step.SEVER): Stage.LOCAL,
        (Stage.KNOWN, Step.SHOW): Stage.SHOWN,
        (Stage.KNOWN, Step.END): Stage.ENDED,
        (Stage.KNOWN, Step.SEVER): Stage.LOCAL,
        (Stage.SHOWN, Step.HIDE): Stage.KNOWN,
        (Stage.SHOWN, Step.END): Stage.ENDED,
        (Stage.SHOWN, Step.SEVER): Stage.LOCAL,
        (Stage.ENDED, Step.ECHO): Stage.GONE,
        (Stage.ENDED, Step.SEVER): Stage.GONE,
    }
)

ANNOUNCED = frozenset({Stage.KNOWN, Stage.SHOWN})
"""The stages in which a message may name the window: for any other id the daemon ends the session."""


def next_stage(stage: Stage, step: Step) -> Stage:
    """The stage after `step`.  Raises LocalProtocolError for a step that is not in the table."""
    try:
        return TRANSITIONS[stage, step]
    except KeyError:
        raise LocalProtocolError(f"a window that is {stage.name} cannot {step.name}") from None
