"""Where the clipboard's files are, and how a desk is set up over them; must not know who asks for one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guid.clipboard.audit import AuditLog
from guid.clipboard.desk import Desk, Outside
from guid.clipboard.store import Store

STORE_NAME = "clipboard"
AUDIT_NAME = "clipboard.log"


@dataclass(frozen=True, slots=True)
class Folders:
    """runtime: private, for the contents, gone with the session. rules: the person's. data: for the audit log.

    of_qubes: the rules are those of Qubes OS: a rule that asks is answered by the keys that were pressed.
    closed: without any rule nothing is allowed, because rules that are kept elsewhere cannot be read here.
    """

    runtime: Path
    rules: Path
    data: Path
    of_qubes: bool = False
    closed: bool = False

    def desk(self, outside: Outside, *, fresh: bool) -> Desk:
        """A desk over these files. fresh: what an earlier one has left there is removed. Raises StoreError."""
        store = Store(self.runtime / STORE_NAME)
        if fresh:
            store.remove()
        return Desk(store, AuditLog(self.data / AUDIT_NAME), outside)
