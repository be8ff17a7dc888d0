"""A window's states (fullscreen, attention, minimised): what was asked, granted, shown and told; must not know X.

Unless the person allows it, fullscreen is not granted to a qube: the window is maximised instead. Either way the agent
is told at once that it is fullscreen, whatever the window manager makes of it, so that no app waits for an answer that
never comes.
"""

from __future__ import annotations

from typing import NamedTuple

from guid.core.values import DesktopState, FlagChange, WindowFlag

FULLSCREEN, ATTENTION = WindowFlag.FULLSCREEN, WindowFlag.DEMANDS_ATTENTION
MAXIMIZED = DesktopState.MAXIMIZED
FOR_FULLSCREEN = MAXIMIZED | DesktopState.FULLSCREEN
MAX_COMING = 8
"""Changes of one window that a window manager has not told of; older ones are not waited for."""
NO_FLAGS, NO_STATES = WindowFlag(0), DesktopState(0)


class StateChange(NamedTuple):
    """What is to be asked of the window manager; the two never overlap."""

    add: DesktopState
    remove: DesktopState


class Flags:
    """The states of one window.

    asked: by the agent, until it or the person ends it. granted: what the window manager is asked to hold for that.
    heard: what the display last said. shown: that, less what it was asked to take away since.
    told: what the agent believes. own_fullscreen: it is fullscreen because it asked, and not because the person wished.
    coming: how the window manager will leave fullscreen and maximised by each of the changes it was asked for and has
    not told of, oldest first. Until the last of them, what it tells is no wish of the person.
    ending: attention that it was asked to take away, while it still tells of it.
    minimizing: it was asked to be minimised, and the display has not said that it is. returns: and to be shown again.
    """

    __slots__ = (
        "asked",
        "coming",
        "ending",
        "granted",
        "heard",
        "minimizing",
        "own_fullscreen",
        "returns",
        "shown",
        "told",
    )

    def __init__(self) -> None:
        self.asked = self.told = NO_FLAGS
        self.granted = self.shown = self.heard = self.ending = NO_STATES
        self.own_fullscreen = False
        self.coming: list[DesktopState] = []
        self.minimizing = self.returns = False

    def ask(self, change: FlagChange, *, fullscreen_as: DesktopState = MAXIMIZED) -> StateChange:
        """The agent asks; what a window manager that has the window must hear.

        fullscreen_as: what is granted to one that asks for fullscreen, that or MAXIMIZED. A window that the person had
        maximised stays so when the app leaves fullscreen again.
        """
        add, remove = NO_STATES, NO_STATES
        if FULLSCREEN in change.to_set and DesktopState.FULLSCREEN not in self.shown:
            self.asked |= FULLSCREEN
            add |= fullscreen_as & ~(self.shown & self._expected)
        if ATTENTION in change.to_set:
            self.asked |= ATTENTION
            self.ending = NO_STATES
            add |= DesktopState.ATTENTION
        if WindowFlag.MINIMIZE in change.to_set:
            self.minimizing, self.returns = DesktopState.HIDDEN not in self.shown, False
        if FULLSCREEN in change.to_clear:
            remove |= self.granted & FOR_FULLSCREEN | self.shown & DesktopState.FULLSCREEN
        if ATTENTION in change.to_clear:
            remove |= DesktopState.ATTENTION
            self.ending |= self.shown & DesktopState.ATTENTION
        self._await(add & FOR_FULLSCREEN, remove & FOR_FULLSCREEN)
        self._end(change.to_clear)
        self.granted |= add
        self.shown &= ~remove
        return StateChange(add, remove)

    def restore(self) -> bool:
        """The agent wants it on the screen: whether to ask for that now. What is still to be minimised returns then."""
        self.returns = self.minimizing
        return DesktopState.HIDDEN in self.shown

    def show(self, now: DesktopState) -> bool:
        """The display says which states the window has; what the person ended is not asked any more.

        Returns whether it is to be restored: the agent wanted that before the display minimised it.
        """
        self.ending &= now
        now &= ~self.ending
        gone, come, self.shown = self.shown & ~now, now & ~self.shown, now
        if DesktopState.FULLSCREEN in come:
            self.own_fullscreen = DesktopState.FULLSCREEN in self.granted
        older = self._is_older(now & FOR_FULLSCREEN)
        if older:
            self.shown &= ~(FOR_FULLSCREEN & ~self._expected)
        self.heard = now
        if (MAXIMIZED in gone and not older) or DesktopState.FULLSCREEN in now:
            self._end(FULLSCREEN)
        if DesktopState.ATTENTION in gone:
            self._end(ATTENTION)
        if DesktopState.HIDDEN not in now:
            return False
        returns, self.minimizing, self.returns = self.returns, False, False
        return returns

    def _await(self, add: DesktopState, remove: DesktopState) -> None:
        if add or remove:
            self.coming = [*self.coming[-MAX_COMING:], (self._expected | add) & ~remove]

    @property
    def _expected(self) -> DesktopState:
        """Fullscreen and maximised as they will be once the window manager has followed; `shown` may be older news."""
        return self.coming[-1] if self.coming else self.shown & FOR_FULLSCREEN

    def _is_older(self, now: DesktopState) -> bool:
        """Whether this comes of a change that another one follows; a window manager may tell of several at once.

        Some tell of each twice (openbox): what they said before already says nothing of what they were asked since.
        It could be several changes told at once that end where they began: then one wish of the person comes too early.
        """
        if now == self.heard & FOR_FULLSCREEN:
            return bool(self.coming)
        if now in self.coming:
            del self.coming[: self.coming.index(now) + 1]
        else:
            self.coming.clear()  # it has done something else
        return bool(self.coming)

    def _end(self, flags: WindowFlag) -> None:
        self.asked &= ~flags
        if FULLSCREEN in flags:
            self.granted &= ~FOR_FULLSCREEN
        if ATTENTION in flags:
            self.granted &= ~DesktopState.ATTENTION

    @property
    def is_fullscreen(self) -> bool:
        """Whether the display shows it so, or will once the window manager has followed."""
        return DesktopState.FULLSCREEN in self.granted | self.shown

    def withdraw(self) -> None:
        """The window is unmapped: its states end with that. What the agent was told is mended at the next map.

        Source: EWMH 1.5, _NET_WM_STATE.
        """
        self.asked = NO_FLAGS
        self.granted = self.shown = self.heard = self.ending = NO_STATES
        self.coming.clear()
        self.minimizing = self.returns = False

    def set_down(self) -> None:
        """The person hides the window for a while: the states that it has are asked for again when it comes back."""
        self.granted |= self.shown & FOR_FULLSCREEN
        self.shown = NO_STATES
        self.coming.clear()
        self.minimizing = self.returns = False

    def tell(self) -> FlagChange | None:
        """What the agent must be told to know the window's states; None if it does."""
        due = self.asked & FULLSCREEN
        for state, flag in TOLD_AS.items():
            if state in self.shown:
                due |= flag
        before, self.told = self.told, due
        return FlagChange(due & ~before, before & ~due) if due != before else None


TOLD_AS: dict[DesktopState, WindowFlag] = {
    DesktopState.FULLSCREEN: FULLSCREEN,
    DesktopState.ATTENTION: ATTENTION,
    DesktopState.HIDDEN: WindowFlag.MINIMIZE,
}
"""That the person maximised a window is told by its size alone."""
