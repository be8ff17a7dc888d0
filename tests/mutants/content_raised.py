"""A content comes above strips and edges with its picture."""

from typing import Any

from Xlib import X

from guid.core.values import RemoteId
from guid.x11.presenter import Presenter
from shm.x11.requests import configure_window
from tests.mutants.patch import replace


def mutate() -> None:
    def use(presenter: Presenter, remote: RemoteId, image: Any) -> None:
        right(presenter, remote, image)
        target = presenter._content_of(remote)
        if target is not None:
            presenter._desktop.x.send(configure_window(target[0], stack_mode=X.Above), 1)

    right = replace(Presenter, "use", use)
