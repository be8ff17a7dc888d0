"""Where the tested rooms come from: this tree, or the installed wheel if that is what is tested."""

import importlib
import os
from pathlib import Path

import pytest

from tests.harness.processes import ROOT

ROOMS = ("protocol", "shm", "colors", "guid", "guiagent")


@pytest.mark.parametrize("room", ROOMS)
def test_room_is_that_of_what_is_tested(room: str) -> None:
    wheel = os.environ.get("VITRAIL_WHEEL")
    expected = Path(wheel) if wheel else ROOT
    assert Path(str(importlib.import_module(room).__file__)).parent.parent == expected
    assert (ROOT / room).exists() == (wheel is None)
