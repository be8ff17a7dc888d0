"""Which pages the desktop side gives back for a qube that cannot; must not know how, or what the pages hold.

An agent in a virtual machine holds the pages of a picture until this side has acknowledged what replaced it: the next
picture of the window, or the window's end. So pages are given back before that acknowledgement, and at no other time.
"""

from __future__ import annotations

from collections.abc import Iterable

from guid.core import effects as fx
from guid.core.values import RemoteId
from shm.runs import Run


class GiveBack:
    """Follows the pictures of one session through its effects.

    Only pictures in one run count, as our agent makes them, and only where no other picture lies between its first
    and last page: an agent that shares pages between windows keeps them.
    """

    def __init__(self) -> None:
        self._spans: dict[RemoteId, tuple[Run, bool]] = {}

    def added_to(self, effects: Iterable[fx.Effect]) -> list[fx.Effect]:
        """Return the effects with a GiveBackWhenDrawn before each one that lets the agent use pages again."""
        done: list[fx.Effect] = []
        for effect in effects:
            free: Run | None = None
            if isinstance(effect, fx.UseImage):
                old = self._spans.get(effect.window)
                runs = effect.image.runs
                first, end = min(run.first_page for run in runs), max(run.first_page + run.pages for run in runs)
                self._spans[effect.window] = Run(first, end - first), len(runs) == 1
                free = self._free(old) if effect.acknowledgement else None
            elif isinstance(effect, fx.DestroyWindow):
                free = self._free(self._spans.pop(effect.window, None))
            if free is not None:
                done.append(fx.GiveBackWhenDrawn(free))
            done.append(effect)
        return done

    def _free(self, old: tuple[Run, bool] | None) -> Run | None:
        if old is None or not old[1]:
            return None
        run = old[0]
        shared = any(
            other.first_page < run.first_page + run.pages and run.first_page < other.first_page + other.pages
            for other, _whole in self._spans.values()
        )
        return None if shared else run
