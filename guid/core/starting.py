"""What is known of a qube when somebody wants it to run, and what is not yet; must not know files or processes."""

from __future__ import annotations

from collections.abc import Sequence

from colors.labels import DEFAULT
from guid.core.definition import ENGINES, Definition
from guid.core.tomltext import quoted

FIRST = "untrusted"
"""The qube of a command that names none; made when it is wanted first."""


class Contradiction(Exception):
    """What is asked for is not what the qube is; the message has the command that changes that. The person's."""


def lacking(
    name: str, definition: Definition | None, label: str | None, engine: str | None, *, known: Sequence[str]
) -> dict[str, str]:
    """What must be written into the definition before the qube can start: key → value as TOML has it.

    definition: None if there is none. label, engine: what is asked for, None: whatever it is. known: other qubes.
    Raises Contradiction.
    """
    if definition is None:
        if label is None and name != FIRST:
            there = f"there are: {', '.join(known)}" if known else "there is none yet"
            raise Contradiction(f"there is no qube {name} ({there}); make it: vitrail create {name} --label LABEL")
        definition = Definition()
    written: dict[str, str] = {}
    if definition.label is None:
        written["label"] = quoted(label or DEFAULT.name)
    elif label not in (None, definition.label.name):
        raise Contradiction(
            f"qube {name} has the label {definition.label.name}, not {label};"
            f" to change it: vitrail set {name} --label {label}"
        )
    its_engine = definition.engine or ENGINES[0]
    if engine is None or engine == its_engine:
        return written
    if definition.engine is not None or definition.label is not None:
        raise Contradiction(
            f"qube {name} is run by the engine {its_engine}, not {engine};"
            f" to change it: vitrail set {name} --engine {engine}"
        )
    return written | {"engine": quoted(engine)}
