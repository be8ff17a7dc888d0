"""guid/clipboard/audit.py: the log's lines, and what becomes of it when it has grown."""

import json
import stat
from pathlib import Path

from guid.clipboard.audit import MAX_BYTES, AuditLog
from guid.clipboard.notice import Happened, Notice


def whats(path: Path) -> list[str]:
    return [json.loads(line)["qube"] for line in path.read_text().splitlines() if line.startswith("{")]


def test_log_that_has_grown_makes_room_for_a_new_one_and_only_the_last_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "data" / "clipboard.log"
    older = path.with_name("clipboard.log.1")
    log = AuditLog(path)
    log.write(Notice(Happened.COPIED, "first"))
    with path.open("ab") as file:
        file.truncate(MAX_BYTES)
    log.write(Notice(Happened.COPIED, "fits"))
    assert not older.exists()
    log.write(Notice(Happened.COPIED, "second"))
    assert older.stat().st_size > MAX_BYTES
    assert whats(path) == ["second"]
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, older)] == [0o600, 0o600]
    with path.open("ab") as file:
        file.truncate(MAX_BYTES + 1)
    log.write(Notice(Happened.COPIED, "third"))
    assert whats(path) == ["third"]
    assert whats(older) == ["second"]
    assert sorted(each.name for each in path.parent.iterdir()) == ["clipboard.log", "clipboard.log.1"]
