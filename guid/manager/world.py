"""What the supervisor has told of all qubes; must not know a toolkit or a socket.

Source: docs/json.md, "What `vitrail watch` says".
"""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


class World:
    """Rows by their keys. complete: all that there is has been told."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self.complete = False

    def hear(self, row: Row) -> None:
        """Take what was told; a kind that is not known is another version's."""
        kind = row.get("kind")
        if kind == "gone":
            self._rows.pop(str(row["key"]), None)
        elif kind == "complete":
            self.complete = True
        elif kind is not None:
            which = row.get("name", row.get("number"))
            self._rows[str(kind) if which is None else f"{kind} {which}"] = row

    def qubes(self) -> dict[str, Row]:
        """By name, in order."""
        found = [row for row in self._rows.values() if row["kind"] == "qube"]
        return {row["name"]: row for row in sorted(found, key=lambda row: str(row["name"]).lower())}

    def labels(self) -> dict[str, Row]:
        """By name, in the supervisor's order."""
        return {row["name"]: row for row in self._rows.values() if row["kind"] == "label"}

    def notices(self) -> list[Row]:
        """The newest first."""
        found = [row for row in self._rows.values() if row["kind"] == "notice"]
        return sorted(found, key=lambda row: -int(row["number"]))

    def clipboard(self) -> Row:
        """Its state."""
        return self._rows.get("clipboard", {"empty": True, "awaited": None})
