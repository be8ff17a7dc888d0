"""Waiting for a condition; knows nothing of what is waited for."""

import os
import select
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.005


class TimedOut(AssertionError):
    """A condition did not come true in time. The text says which."""


def time_scale() -> float:
    """How much longer than usual to wait, for slow machines: VITRAIL_TEST_TIME_SCALE, default 1."""
    return float(os.environ.get("VITRAIL_TEST_TIME_SCALE", "1"))


def pause(seconds: float) -> None:
    """Let other processes run for a moment: the poll step inside a waiting loop, never a wait in itself."""
    select.select([], [], [], seconds)


def wait_until(predicate: Callable[[], T], timeout_s: float = 10.0, what: str = "the condition") -> T:
    """Poll `predicate` until it gives a true value, and return that value.

    The predicate is asked once more after the deadline, so a machine that slept through it gets its chance.
    Raises TimedOut naming `what` and the last value.
    """
    deadline = time.monotonic() + timeout_s * time_scale()
    while True:
        late = time.monotonic() >= deadline
        value = predicate()
        if value:
            return value
        if late:
            raise TimedOut(f"{what} did not happen in {timeout_s:g} s (last value: {value!r})")
        pause(POLL_S)


def holds_for(predicate: Callable[[], object], duration_s: float, what: str = "the condition") -> None:
    """Check that `predicate` stays true for `duration_s`: for things that must *not* happen. Raises AssertionError."""
    deadline = time.monotonic() + duration_s
    while time.monotonic() < deadline:
        if not predicate():
            raise AssertionError(f"{what} stopped holding")
        pause(POLL_S)
