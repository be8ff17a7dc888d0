"""Which tests there are, read from the sources: pytest node ids without parameters; runs nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path


def nodes_of(root: Path) -> set[str]:
    """Every test function and method in the test files below root/tests."""
    files = sorted((root / "tests").rglob("test_*.py"))
    return {
        f"{path.relative_to(root)}::{name}" for path in files for name in _names(ast.parse(path.read_text("utf-8")))
    }


def _names(module: ast.Module) -> Iterator[str]:
    yield from _functions(module)
    for statement in module.body:
        if isinstance(statement, ast.ClassDef) and statement.name.startswith("Test"):
            yield from (f"{statement.name}::{name}" for name in _functions(statement))
        elif (machine := _state_machine(statement)) is not None:
            yield f"{machine}::runTest"


def _functions(within: ast.Module | ast.ClassDef) -> Iterator[str]:
    for statement in within.body:
        if isinstance(statement, ast.FunctionDef) and statement.name.startswith("test_"):
            yield statement.name


def _state_machine(statement: ast.stmt) -> str | None:
    """`TestName = Machine.TestCase`: what Hypothesis makes of a state machine."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr="TestCase")):
            return name
    return None
