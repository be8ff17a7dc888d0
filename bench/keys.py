"""Key to app: from XTEST on the desktop to the KeyPress that the app in the qube gets; knows nothing of the way."""

import time
from collections.abc import Callable

from bench.client import KEY_EVENTS, KEY_PRESS, KEY_RELEASE, Client, fake_key
from bench.scene import KEYCODE, Rect, Scene

WINDOW_AT = Rect(200, 300, 400, 300)


class Keys:
    """A focused window of the qube, and two places to press a key at.

    The floor presses it on the qube's own server, where the same app gets it: XTEST to client, one server, nobody else.
    """

    def __init__(self, scene: Scene, app: Client, desktop: Client) -> None:
        self._app = app
        scene.show(app, WINDOW_AT, pixel=0x204060, events=KEY_EVENTS)
        self._person, self._person_xtest = desktop, desktop.extension("XTEST").opcode
        self._inside, self._inside_xtest = Client(scene.qube.name), 0
        self._inside_xtest = self._inside.extension("XTEST").opcode
        self._press(self._person, self._person_xtest)

    def ours(self, samples: int, gap_s: Callable[[], float]) -> list[float]:
        """ms from the person's key to the app's event, each after a pause."""
        return [self._timed(self._person, self._person_xtest, gap_s()) for _ in range(samples)]

    def floor(self, samples: int, gap_s: Callable[[], float]) -> list[float]:
        """The same for a key of the qube's own server."""
        return [self._timed(self._inside, self._inside_xtest, gap_s()) for _ in range(samples)]

    def _timed(self, keyboard: Client, opcode: int, gap_s: float) -> float:
        time.sleep(gap_s)
        return self._press(keyboard, opcode)

    def _press(self, keyboard: Client, opcode: int) -> float:
        began = time.perf_counter_ns()
        keyboard.send(fake_key(opcode, KEY_PRESS, KEYCODE))
        self._wait(KEY_PRESS)
        ended = time.perf_counter_ns()
        keyboard.send(fake_key(opcode, KEY_RELEASE, KEYCODE))
        self._wait(KEY_RELEASE)
        return (ended - began) / 1e6

    def _wait(self, kind: int) -> None:
        while True:
            event = self._app.event()
            if event[:2] == bytes((kind, KEYCODE)):
                return

    def close(self) -> None:
        """The floor's connection."""
        self._inside.close()
