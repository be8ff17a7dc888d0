"""Who may import whom: the rooms, the units inside a side, the pure parts, the libraries. Knows no behaviour."""

import ast
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOMS, WORKSHOPS, Finding, Module, called, modules

ROOM_MAY_IMPORT: Final = {
    "protocol": set[str](),
    "colors": set[str](),
    "shm": {"protocol"},
    "guid": {"protocol", "shm", "colors"},
    "guiagent": {"protocol", "shm"},
}

# Which units of its own room a unit may import, besides itself. An unlisted unit is a finding: it has no place yet.
UNIT_MAY_IMPORT: Final[dict[str, dict[str, set[str]]]] = {
    "guid": {
        "": set(),
        "paths": set(),
        "core": set(),
        "x11": {"core"},
        "clipboard": {"core"},
        "config": {"core", "clipboard"},
        "settings": {"core", "paths"},
        "processes": set(),
        "prompt": {"x11", "core", "fork"},
        "engines": {"core", "paths"},
        "bus": {"core"},
        "notifications": {"bus", "core"},
        "poller": set(),
        "status": set(),
        "link": {"x11", "core"},
        "loop": {"x11", "core", "clipboard", "config", "link", "poller", "status"},
        "freezing": {"core"},
        "pools": set(),
        "programs": {"core"},
        "qubelog": {"core"},
        "qube": {"core", "config", "engines", "freezing", "pools", "programs", "qubelog"},
        "version": set(),
        "preload": {"bus", "core", "engines", "menu", "x11"},
        "control": {"core", "paths", "processes", "version"},
        "clipboardcommand": {"control", "core"},
        "readers": set(),
        "systemprograms": {"core"},
        "menu": {"core", "definitions", "settings", "systemprograms", "templates"},
        "servicemanager": {"core"},
        "cgroups": set(),
        "definitions": {"core", "paths", "settings"},
        "requests": {"control", "core", "readers"},
        "fork": {"config", "loop", "processes"},
        "exchange": {"clipboard", "core", "fork", "qube", "prompt", "readers"},
        "tray": {"bus", "clipboard", "core", "exchange"},
        "attentionprocess": {"x11", "core", "fork"},
        "attention": {"attentionprocess", "core", "fork", "qube", "readers", "requests", "running", "settings"},
        "opening": {"core"},
        "copies": {"core", "engines"},
        "removal": {"definitions", "engines", "paths"},
        "templates": {"core", "definitions", "paths", "removal", "settings"},
        "building": {"core", "engines", "templates", "version"},
        "spare": {"config", "core", "fork", "loop", "readers", "x11"},
        "daemons": {"config", "core", "exchange", "fork", "loop", "qube", "readers", "spare"},
        "running": {
            *("daemons", "templates"),
            *("qube", "requests", "readers", "fork", "engines", "config", "settings", "paths", "core", "clipboard"),
            *("notifications", "cgroups", "exchange", "removal", "preload", "memory", "pools"),
        },
        "iconreceiver": {"core", "x11"},
        "output": set(),
        "operations": {
            *("output", "paths", "running", "qube", "programs", "requests", "definitions", "settings", "removal"),
            *("core", "menu"),
        },
        "memory": set(),
        "overview": {"core", "definitions", "paths", "qube", "running", "settings"},
        "watching": {"requests"},
        "supervisor": {
            *("running", "operations", "requests", "readers", "engines", "settings", "paths", "core", "removal"),
            *("notifications", "servicemanager", "tray", "version", "preload", "attention", "overview", "watching"),
            "fork",
        },
        "service": {"supervisor", "servicemanager", "control", "core", "engines", "paths"},
        "doctor": {"x11", "core", "control"},
        "looks": {
            "core",
            "engines",
            "paths",
            "settings",
            "definitions",
            "templates",
            "clipboard",
            "control",
            "version",
        },
        "checkup": {"looks", "x11", "core"},
        "commands": {
            *("service", "control", "loop", "doctor", "engines", "config", "settings", "definitions", "core", "paths"),
            *("clipboard", "clipboardcommand", "removal", "opening", "copies", "menu", "version", "checkup"),
            *("templates", "building", "iconreceiver"),
        },
        "cli": {"commands", "control", "version"},
        "dropin": {"clipboard", "config", "core", "fork", "loop", "paths", "settings", "x11"},
        "__main__": {"cli"},
        "manager": set(),
    },
    "guiagent": {
        "": set(),
        "core": set(),
        "x11": {"core"},
        "notify": set(),
        "loop": {"x11", "core", "notify"},
        "cli": {"loop", "x11", "core"},
        "__main__": {"cli"},
    },
}

_DECIDING = (
    *("broker", "intent", "events", "effects", "notice", "verdict", "metadata", "packets", "words", "preview", "item"),
)

PURE: Final = (
    *("protocol", "guid.core", "guiagent.core"),
    *(f"guid.clipboard.{name}" for name in _DECIDING),
    *("shm.allocator", "shm.runs", "shm.damage", "shm.errors", "shm.supply"),
    *(f"colors.{name}" for name in ("labels", "patterns", "vision", "difference", "palette", "custom")),
    *(f"colors.{name}" for name in ("icon", "iconimage", "lanes", "letters", "tint")),
)
IMPURE_TOOLS: Final = ("protocol.generate",)  # writes files, on a developer's request only
PURE_MAY_IMPORT: Final = {
    *(
        "__future__",
        "abc",
        "array",
        "bisect",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
        "difflib",
        "enum",
        "fnmatch",
        "functools",
    ),
    *(
        "heapq",
        "itertools",
        "json",
        "keyword",
        "math",
        "operator",
        "re",
        "shlex",
        "string",
        "struct",
        "tomllib",
        "types",
        "typing",
        "unicodedata",
    ),
}
PURE_MUST_NOT_CALL: Final = {"open", "print", "input", "breakpoint"}

# What else turns the bytes of a file into a picture: nobody's.
OTHER_IMAGE_DECODERS: Final = ("imageio", "cv2", "png", "wand", "imghdr", "matplotlib", "skimage", "pillow_heif")

# Where a library may be imported; nowhere else in the rooms.
LIBRARY_ROOMS: Final = {
    "construct": ("protocol.wire", "protocol.derive", "protocol.generate"),
    "cffi": ("shm.xen.generate",),  # its parser; what is generated needs the backend only
    "_cffi_backend": ("shm.xen.abi",),
    "cairo": ("colors",),
    # In the qube alone: pictures are decoded in a child, menus of the tray drawn. The desktop never decodes a qube's.
    "PIL": ("guiagent.x11.pictures", "guiagent.x11.tray.canvas"),
    "numpy": (),  # the tests' alone: none of ours counts pixels
    "Xlib": ("guid.x11", "guiagent.x11", "shm.x11"),
    "jeepney": ("guid.bus", "guiagent.x11.tray.bus"),
    "gi": ("guid.manager.toolkit",),  # the toolkit, of the system's own Python
    "asyncio": (),
    "pickle": (),
    **dict.fromkeys(OTHER_IMAGE_DECODERS, ()),
    # In the qube alone, and one page: on the trusted side a page that vanishes would be a SIGBUS.
    "mmap": ("guiagent.x11.counter",),
}

MANAGER: Final = "guid.manager"
"""A window that speaks to the supervisor's socket only: it imports nothing of ours, and nothing of ours imports it."""

TOP_LEVEL: Final = {*ROOMS, *WORKSHOPS, "docs"}
NOT_OURS: Final = {"build", "dist"}


def room_findings(root: Path) -> list[Finding]:
    """Imports across rooms that the table does not allow; a room never imports tests, bench or scripts."""
    return [
        module.finding(item, f"{module.room} must not import {item.name}")
        for module in modules(root, *ROOMS)
        for item in module.imports()
        if (target := item.name.split(".")[0]) in {*ROOMS, *WORKSHOPS}
        and target != module.room
        and target not in ROOM_MAY_IMPORT[module.room]
    ]


def manager_findings(root: Path) -> list[Finding]:
    """What the manager's window imports of ours besides its own, and who imports it."""
    return [
        module.finding(item, f"{module.name} must not import {item.name}")
        for module in modules(root, *ROOMS)
        for item in module.imports()
        if item.name.split(".")[0] in ROOMS and module.is_in(MANAGER) != item.is_of(MANAGER)
        if module.is_in(MANAGER) or item.is_of(MANAGER)
    ]


def unit_findings(root: Path) -> list[Finding]:
    """Imports inside a side against its order, and units that have no place in it."""
    found: list[Finding] = []
    for module in modules(root, *UNIT_MAY_IMPORT):
        table = UNIT_MAY_IMPORT[module.room]
        if module.unit not in table:
            found.append(Finding(module.path, 1, f"{module.room}/{module.unit} has no place in UNIT_MAY_IMPORT"))
            continue
        for item in module.imports():
            if not item.is_of(module.room) or item.name == module.room:
                continue
            target = item.name.split(".")[1]
            if target in table and target not in {module.unit, *table[module.unit]}:
                found.append(module.finding(item, f"{module.room}/{module.unit} must not import {item.name}"))
    return found


def is_pure(module: Module) -> bool:
    return module.is_in(*PURE) and not module.is_in(*IMPURE_TOOLS)


def purity_findings(root: Path) -> list[Finding]:
    """What a pure part imports besides pure parts, construct and harmless modules, or calls to touch the world."""
    allowed = {*ROOMS, *PURE_MAY_IMPORT, "construct"}
    found: list[Finding] = []
    for module in filter(is_pure, modules(root, *ROOMS)):
        found += [
            module.finding(item, f"{module.name} is pure and must not import {item.name}")
            for item in module.imports()
            if item.name.split(".")[0] not in allowed
        ]
        found += [
            module.finding(node, f"{module.name} is pure and must not call {called(node)}")
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and called(node) in PURE_MUST_NOT_CALL
        ]
        found += [
            module.finding(item, f"{module.name} is pure and must not import {item.name}")
            for item in module.imports()
            if item.name.split(".")[0] in ROOMS and not is_pure_name(item.name)
        ]
    return found


def is_pure_name(name: str) -> bool:
    """Whether an imported name lies in a pure part (its last part may be a name inside the module)."""
    return any(name == part or name.startswith(part + ".") for part in PURE) and name not in IMPURE_TOOLS


def library_findings(root: Path) -> list[Finding]:
    """Libraries imported outside the room that wraps them."""
    return [
        module.finding(item, f"{module.name} must not import {item.name}")
        for module in modules(root, *ROOMS)
        for item in module.imports()
        if (library := item.name.split(".")[0]) in LIBRARY_ROOMS and not module.is_in(*LIBRARY_ROOMS[library])
    ]


def folder_findings(root: Path) -> list[Finding]:
    """Top-level folders other than the given ones, and given ones that are missing."""
    ignored = {path.name for path in root.iterdir() if path.name.startswith(".") or path.name.endswith(".egg-info")}
    there = {path.name for path in root.iterdir() if path.is_dir()} - ignored - NOT_OURS - {"__pycache__"}
    return [
        *(Finding(name, 1, "is no folder of the plan") for name in sorted(there - TOP_LEVEL)),
        *(Finding(name, 1, "is missing") for name in sorted(TOP_LEVEL - there)),
    ]
