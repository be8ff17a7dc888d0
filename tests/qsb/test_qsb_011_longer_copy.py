"""QSB-011 (2014): a copy that was shorter than the one before left the end of the longer one, for whoever pasted.

Here contents are a memfd of their own size, and the file is replaced by another file, never written over.
"""

from pathlib import Path

import pytest

from guid.clipboard.store import BASE
from tests.harness.stage import Stage
from tests.integration.clipboard_desk import CopyingPerson

pytestmark = pytest.mark.desktop

LONG, SHORT = b"the bank's secret " * 1_000, b"short"


def test_paste_of_a_shorter_copy_holds_nothing_of_the_longer_one_before(qsb_stage: Stage, tmp_path: Path) -> None:
    person = CopyingPerson(qsb_stage, tmp_path)
    data = person.desk.folders.runtime / "clipboard" / BASE
    with person.qube("bank", "green") as bank, person.qube("work", "blue") as work, person.qube("evil", "red") as evil:
        bank.copies(LONG)
        with data.open("rb") as before:
            work.copies(SHORT)
            assert data.read_bytes() == SHORT
            assert before.read().strip(b"\0") == b""
        assert evil.pastes() == SHORT
        assert data.read_bytes() == b""
