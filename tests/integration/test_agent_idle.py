"""Many windows of a qube: all are shown, and while nobody draws nobody wakes up."""

from pathlib import Path

import pytest
from Xlib import X

from tests.guiagent.app import App
from tests.harness.ends import Ends
from tests.harness.wait import holds_for, wait_until

pytestmark = pytest.mark.desktop

IDLE_WINDOWS = 200
IDLE_S = 2.0
MAX_WAKE_UPS = 2
"""Of each process in that time: less than a timer of a second would cause, and none is meant."""


def wake_ups(pid: int) -> int:
    """How often the process has gone to sleep of its own accord. Source: proc(5), status."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    lines = [line for task in tasks for line in (task / "status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def test_200_idle_windows_wake_nobody_up() -> None:
    with Ends(manager=None) as ends, App(ends.qube.name) as app:
        for number in range(IDLE_WINDOWS):
            window = app.window(60, 40, x=number % 20 * 64, y=number // 20 * 60, override_redirect=True)
            window.change_attributes(background_pixel=0x204060 + number, event_mask=X.NoEventMask)
            window.map()
        app.sync()

        def shown() -> int:
            return sum(window["mapped"] for window in ends.daemon.windows())

        wait_until(lambda: shown() == IDLE_WINDOWS, 60, "all windows shown")
        pids = {"agent": ends.agent.child.pid, "daemon": ends.daemon.child.pid}
        last: list[dict[str, int]] = []

        def quiet() -> bool:
            last.append({name: wake_ups(pid) for name, pid in pids.items()})
            return len(last) > 100 and last[-1] == last[-100]

        wait_until(quiet, 60, "an end of what their appearing brought about")
        before = last[-1]
        holds_for(lambda: True, IDLE_S)
        after = {name: wake_ups(pid) for name, pid in pids.items()}
        assert all(after[name] - before[name] <= MAX_WAKE_UPS for name in pids), (before, after)
        window.destroy()
        app.sync()
        wait_until(lambda: shown() == IDLE_WINDOWS - 1, what="a window gone: they were awake enough for that")
