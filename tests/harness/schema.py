"""Whether what a command printed with --json is what docs/json.schema.json says; knows no command but by its name."""

import json
import re
from collections.abc import Sequence
from typing import Any

from tests.harness.processes import ROOT

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "json.schema.json").read_text(encoding="utf-8"))
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
OBJECTS = {
    "ls": "qubes",
    "run": "started",
    "open": "opened",
    "stop": "stopped",
    "kill": "stopped",
    **dict.fromkeys(("hide", "show", "pause", "resume"), "set aside"),
    "attention": "panel",
    "restart": "restarted",
    "logs": "line",
    "watch": "seen",
    "create": "created",
    "set": "changed",
    "rm": "removed",
    "menu ls": "menu",
    "menu sync": "synced",
    "menu clear": "unlisted",
    "labels": "labels",
    "template build": "built",
    "template ls": "templates",
    "template rm": "template_removed",
    "clipboard status": "clipboard",
    "clipboard show": "contents",
    "clipboard clear": "cleared",
    "clipboard watch": "happened",
    "doctor --oracle": "report",
    "doctor": "health",
}
"""Command → the definition that it prints; the same as the table in docs/json.md."""
A_LINE = ("logs", "watch", "clipboard watch")


def check(arguments: Sequence[str], code: int, printed: str) -> None:
    """Raise AssertionError if the command promised JSON and printed something else."""
    own = list(arguments[: arguments.index("--")]) if "--" in arguments else list(arguments)
    if "--json" not in own or code == 2:
        return
    name = next(each for each in OBJECTS if own[: len(each.split())] == each.split())
    documents = printed.splitlines() if name in A_LINE else [printed]
    for each in documents:
        value = json.loads(each)
        found = mismatch(value, {"$ref": f"#/$defs/{'failure' if 'error' in value else OBJECTS[name]}"}, name)
        assert not found, found


def mismatch(value: Any, schema: dict[str, Any], where: str) -> str:
    """What of `value` is not as `schema` says, "" for nothing. Knows the keywords that our schema uses."""
    if "$ref" in schema:
        return mismatch(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], where)
    if "anyOf" in schema:
        found = [mismatch(value, each, where) for each in schema["anyOf"]]
        return "" if "" in found else found[0]
    if "const" in schema:
        return "" if value == schema["const"] else f"{where}: {value!r} is not {schema['const']!r}"
    if "enum" in schema:
        return "" if value in schema["enum"] else f"{where}: {value!r} is none of {schema['enum']}"
    right = isinstance(value, TYPES[schema["type"]]) and (schema["type"] == "boolean" or not isinstance(value, bool))
    if not right:
        return f"{where}: {value!r} is no {schema['type']}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        return f"{where}: {value!r} is not as {schema['pattern']}"
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return f"{where}: {len(value)} items"
        return next(filter(None, (mismatch(each, schema["items"], f"{where}[]") for each in value)), "")
    if isinstance(value, dict):
        return _object_mismatch(value, schema, where)
    return ""


def _object_mismatch(value: dict[str, Any], schema: dict[str, Any], where: str) -> str:
    missing = [key for key in schema["required"] if key not in value]
    unknown = [key for key in value if key not in schema["properties"]] if not schema["additionalProperties"] else []
    if missing or unknown:
        return f"{where}: missing {missing}, unknown {unknown}"
    inner = (
        mismatch(each, schema["properties"][key], f"{where}.{key}")
        for key, each in value.items()
        if key in schema["properties"]
    )
    return next(filter(None, inner), "")
