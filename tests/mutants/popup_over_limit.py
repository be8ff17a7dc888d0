"""A popup may be as large as it likes."""

from typing import Any

from guid.core import window
from guid.core.values import Kind
from tests.mutants.patch import replace


def mutate() -> None:
    def granted_kind(*_rest: Any, override_redirect: bool, **_more: Any) -> Kind:
        return Kind.POPUP if override_redirect else Kind.MANAGED

    replace(window, "granted_kind", granted_kind)
