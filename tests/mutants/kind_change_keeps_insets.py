"""A window that changes its kind keeps the frame's width of its old kind."""

from guid.core import effects as fx
from guid.core.policy import extents_of
from guid.core.values import Kind
from guid.x11.shell import Shell
from tests.mutants.patch import replace


def mutate() -> None:
    def change_kind(shell: Shell, effect: fx.ChangeKind) -> None:
        old = Kind.MANAGED if effect.kind is Kind.POPUP else Kind.POPUP
        right(shell, effect._replace(extents=extents_of(old)))

    right = replace(Shell, "_change_kind", change_kind)
