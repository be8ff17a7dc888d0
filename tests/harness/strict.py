"""Lets a named tuple be equal to one of its own kind only, while tests run; knows no test.

What the cores want done are named tuples, of which a start imports a hundred for the price of fifteen dataclasses. But
`Unmap(5) == Map(5)` holds for them, and a test that compares would not see one in the other's place.
"""

from types import ModuleType


def compare_by_kind(*modules: ModuleType) -> None:
    """Make every named tuple that these modules define unequal to other ones. A plain tuple equals it still."""
    for module in modules:
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, tuple) and kind.__module__ == module.__name__:
                kind.__eq__ = _same  # type: ignore[method-assign]
                kind.__ne__ = _different  # type: ignore[assignment,method-assign]


def _same(one: tuple[object, ...], other: object) -> bool:
    return type(other) in (type(one), tuple) and tuple.__eq__(one, other)


def _different(one: tuple[object, ...], other: object) -> bool:
    return not _same(one, other)
