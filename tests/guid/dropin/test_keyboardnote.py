"""guid/dropin/keyboardnote.py where there can be no further process."""

import os
import socket
import tempfile
from pathlib import Path

import pytest

from guid.dropin.keyboardnote import note_layout


def test_note_for_which_there_is_no_process_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def none_left() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with tempfile.TemporaryDirectory(prefix="vitrail-") as folder, socket.socket(socket.AF_UNIX) as database:
        database.bind(f"{folder}/qubesdb.work.sock")
        monkeypatch.setattr(os, "fork", none_left)
        note_layout("work", Path(folder))
    assert "work: the keyboard layout is not noted in QubesDB: Resource temporarily unavailable" in caplog.text
