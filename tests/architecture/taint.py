"""Where a name `untrusted_…` may live and where its value may go; knows no message."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOMS, Finding, Module, modules

PREFIX: Final = "untrusted_"

# The modules that handle what a peer sent. Everywhere else values have been checked, and the prefix would be a lie.
TAINTED_MODULES: Final = (
    "protocol",
    "shm.vchan",
    "shm.xen",
    "guid.core.sanitize",
    "guid.core.desktopentry",
    "guid.core.iconstream",
    "guid.iconreceiver",
    "guid.core.session",
    "guid.link",
    "guid.engines.local",
    "guid.programs",
    "guiagent.core.clipboard",
    "guiagent.core.contents",
)

# Formats that no text and no bytes pass: a number of the peer may stand in a log line, its characters may not.
NUMBER_FORMATS: Final = ("d", "x", "#x")


def is_tainted(node: ast.AST) -> bool:
    """Whether this is a name or attribute that carries the prefix."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name.startswith(PREFIX)


def place_findings(root: Path) -> list[Finding]:
    """Names with the prefix outside the modules that handle a peer's bytes."""
    found: list[Finding] = []
    for module in modules(root, *ROOMS):
        if module.is_in(*TAINTED_MODULES):
            continue
        for node in ast.walk(module.tree):
            tainted_argument = isinstance(node, ast.arg) and node.arg.startswith(PREFIX)
            if tainted_argument or is_tainted(node):
                found.append(module.finding(node, "an untrusted_ name outside the modules that check"))
    return found


def parameter_findings(root: Path) -> list[Finding]:
    """Tainted parameters on the trusted side that can be passed without naming them."""
    return [
        module.finding(argument, f"{argument.arg} must be keyword-only")
        for module in modules(root, "guid")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for argument in [*node.args.posonlyargs, *node.args.args]
        if argument.arg.startswith(PREFIX)
    ]


def escape_findings(root: Path) -> list[Finding]:
    """Tainted values that leave their function: returned, stored, put into text. protocol/ hands them out by design."""
    return [
        module.finding(node, text)
        for module in modules(root, "shm", "colors", "guid", "guiagent")
        for node, text in escapes(module)
    ]


def escapes(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None and carries_taint(node.value):
            yield node, "an untrusted_ value is handed out"
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            stored = any(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)
            if any(isinstance(target, ast.Attribute) and is_tainted(target) for target in targets):
                yield node, "an untrusted_ attribute keeps a value alive"
            elif stored and carries_taint(node.value):
                yield node, "an untrusted_ value is stored"
        elif isinstance(node, ast.FormattedValue) and is_tainted(node.value) and not is_number_format(node):
            yield node, "an untrusted_ value goes into text; a number says so, as in {untrusted_x:d}"


def is_number_format(node: ast.FormattedValue) -> bool:
    spec = node.format_spec
    if not isinstance(spec, ast.JoinedStr) or len(spec.values) != 1:
        return False
    return isinstance(spec.values[0], ast.Constant) and spec.values[0].value in NUMBER_FORMATS


def carries_taint(value: ast.expr) -> bool:
    """Whether this expression *is* a tainted value, or a tuple, list, dict or choice that holds one."""
    if is_tainted(value):
        return True
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return any(carries_taint(part) for part in value.elts)
    if isinstance(value, ast.Dict):
        return any(carries_taint(part) for part in value.values)
    if isinstance(value, ast.IfExp):
        return carries_taint(value.body) or carries_taint(value.orelse)
    if isinstance(value, ast.BoolOp):
        return any(carries_taint(part) for part in value.values)
    if isinstance(value, ast.Subscript):
        return carries_taint(value.value)
    return False
