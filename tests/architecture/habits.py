"""Habits that no file may have: broad excepts, shells, evaluated text, sleeping. Knows no behaviour."""

import ast
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOMS, WORKSHOPS, Finding, Module, called, dotted, modules

BROAD: Final = {"Exception", "BaseException", "builtins.Exception", "builtins.BaseException"}
SHELL_CALLS: Final = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "pty.spawn"}
SHELLS: Final = {"sh", "bash", "dash", "/bin/sh", "/bin/bash", "/usr/bin/sh", "/usr/bin/bash"}
EVALUATES: Final = {"eval", "exec", "pickle.loads", "pickle.load", "marshal.loads", "marshal.load"}
SLEEPS: Final = {"time.sleep", "sleep", "asyncio.sleep"}


# Where a process begins, and so where its last `except` may stand: all that are forked begin in one module, and the
# first program of a test's machine answers calls.
PROCESS_ENTRIES: Final = {"guid.fork", "scripts.vm.inside.calls"}


def is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(dotted(kind) in BROAD for kind in kinds)


def broad_except_findings(root: Path) -> list[Finding]:
    """`except Exception` and its like, but for one where a process begins."""
    found: list[Finding] = []
    for module in modules(root, *ROOMS, *WORKSHOPS):
        broad = [node for node in ast.walk(module.tree) if isinstance(node, ast.ExceptHandler) and is_broad(node)]
        allowed = 1 if module.unit == "__main__" or module.name in PROCESS_ENTRIES else 0
        found += [module.finding(node, "a broad except hides bugs") for node in broad[allowed:]]
    return found


def runs_a_shell(node: ast.Call) -> bool:
    if called(node) in SHELL_CALLS:
        return True
    for keyword in node.keywords:
        if keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False):
            return True
    return False


def is_shell_argv(node: ast.List | ast.Tuple) -> bool:
    """A literal argv whose program is a shell that is given a command line."""
    words = [part.value for part in node.elts if isinstance(part, ast.Constant)]
    return len(words) >= 2 and words[0] in SHELLS and isinstance(words[1], str) and words[1].endswith("c")


def shell_findings(root: Path) -> list[Finding]:
    """Command lines that a shell would parse. A test may give one to a qube, but never asks for one here."""
    found: list[Finding] = []
    for module in modules(root, *ROOMS, *WORKSHOPS):
        for node in ast.walk(module.tree):
            in_a_call = isinstance(node, ast.Call) and runs_a_shell(node)
            as_argv = module.room in ROOMS and isinstance(node, ast.List | ast.Tuple) and is_shell_argv(node)
            if in_a_call or as_argv:
                found.append(module.finding(node, "no shell, anywhere"))
    return found


def evaluation_findings(root: Path) -> list[Finding]:
    """Text or bytes turned into code or objects."""
    return _calls(modules(root, *ROOMS), EVALUATES, "nothing is evaluated")


def sleep_findings(root: Path) -> list[Finding]:
    """Sleeps: a test waits for a condition, a loop for its file descriptors."""
    return _calls(modules(root, *ROOMS, "tests"), SLEEPS, "wait for something instead of sleeping")


def _calls(where: list[Module], names: set[str], text: str) -> list[Finding]:
    return [
        module.finding(node, text)
        for module in where
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called(node) in names
    ]
