"""Writes protocol/formats.py and docs/protocol.md from their sources; run by hand (`python -m protocol.generate`).

It must not be imported by a running daemon or agent: it needs construct.
"""

import struct
import sys
from pathlib import Path

from protocol.derive import FlatField, derive
from protocol.page import page_text
from protocol.wire import WIRE, WireStruct

_HEAD = '''"""GENERATED from protocol/wire.py by `python -m protocol.generate`: flat layouts of all fixed bodies.

Never edit it by hand.

Each body has a `struct.Struct` and a NamedTuple of its fields in wire order. It knows no limit and no table row.
"""

import struct
from typing import Final, NamedTuple
'''


def formats_text() -> str:
    """Return the whole source of protocol/formats.py."""
    blocks = [_HEAD, *(_class_text(wire) for wire in WIRE)]
    bodies = [wire.class_name for wire in WIRE if wire.constant not in {"HEADER", "XCONF", "VERSION", "MONITOR"}]
    union = "\n".join(f"    | {name}" for name in bodies)[6:]
    blocks.append(f"# Any decoded fixed body of a message.\nBody = (\n    {union}\n)\n")
    return "\n\n".join(blocks)


def _class_text(wire: WireStruct) -> str:
    flat = derive(wire.layout)
    what = f"struct {wire.c_name}" if wire.c_name.startswith(("msg_", "shm_")) else "no struct in the C header"
    return (
        f"class {wire.class_name}(NamedTuple):\n"
        f'    """{_size_text(flat.format)}; {what}."""\n\n'
        + "".join(f"    {_field_text(field)}\n" for field in flat.fields)
        + f'\n\n{wire.constant}: Final = struct.Struct("{flat.format}")\n'
    )


def _size_text(flat_format: str) -> str:
    return f"{struct.calcsize(flat_format)} bytes"


def _field_text(field: FlatField) -> str:
    return f"{field.name}: {'bytes' if field.code.endswith('s') else 'int'}"


def main() -> int:
    """Write both files beside this room. Returns the exit code."""
    root = Path(__file__).resolve().parent.parent
    (root / "protocol" / "formats.py").write_text(formats_text())
    page = root / "docs" / "protocol.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text(page_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
