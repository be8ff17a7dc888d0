"""Copy and paste as a daemon does it, and selections as xclip sees them; knows nothing of the agent's inside."""

import itertools
import subprocess
from pathlib import Path
from typing import NamedTuple

from protocol.clipboard import Offer, Step
from protocol.extensions import EXT_VERSION, Feature
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.scripted import Said, ScriptedDaemon
from tests.harness.processes import Child, clean_environment
from tests.harness.wait import time_scale, wait_until

_NONCES = itertools.count(0x1000)
REQUESTOR = 0x20000C


class Copied(NamedTuple):
    """What a copy brought, by CLIPBOARD_TYPED."""

    offer: Offer
    data: bytes


def name_types(daemon: ScriptedDaemon) -> None:
    """Tell the agent that this daemon knows CLIPBOARD_TYPED."""
    daemon.send(T.EXT_HELLO, 0, EXT_VERSION, Feature.CLIPBOARD_TYPED)


def copy_plain(daemon: ScriptedDaemon, timeout_s: float = 20.0) -> bytes:
    """What comes for CLIPBOARD_REQ."""
    before = len(daemon.said)
    daemon.send(T.CLIPBOARD_REQ, REQUESTOR)

    def answer() -> Said | None:
        return next((said for said in daemon.said[before:] if said.type is T.CLIPBOARD_DATA), None)

    said: Said = daemon.until(answer, "CLIPBOARD_DATA", timeout_s)
    return said.tail


def paste_plain(daemon: ScriptedDaemon, text: bytes) -> None:
    daemon.send_with_tail(T.CLIPBOARD_DATA, REQUESTOR, tail=text)


def _typed(daemon: ScriptedDaemon, step: Step, nonce: int, *words: int, tail: bytes = b"") -> None:
    rest = (*words, *(0,) * (5 - len(words)))
    daemon.send_with_tail(T.CLIPBOARD_TYPED, 0, step, nonce, *rest, tail=tail)


def _next_step(daemon: ScriptedDaemon, before: int, step: Step, nonce: int, timeout_s: float) -> Said:
    def found() -> Said | None:
        return next(
            (
                said
                for said in daemon.said[before:]
                if said.type is T.CLIPBOARD_TYPED and said.body[:2] == (step, nonce)
            ),
            None,
        )

    said: Said = daemon.until(found, step.name, timeout_s)
    return said


def request(daemon: ScriptedDaemon) -> int:
    """Begin a copy, and return its nonce."""
    nonce = next(_NONCES)
    _typed(daemon, Step.REQUEST, nonce)
    return nonce


def copy_offered(daemon: ScriptedDaemon, timeout_s: float = 30.0) -> tuple[int, Offer]:
    """Begin a copy, and return its nonce and what is offered."""
    before = len(daemon.said)
    nonce = request(daemon)
    body = _next_step(daemon, before, Step.OFFER, nonce, timeout_s).body
    return nonce, Offer(body.kind, body.width_px, body.height_px, body.total_bytes)


def copy_typed(daemon: ScriptedDaemon, timeout_s: float = 30.0) -> Copied:
    """A whole copy."""
    nonce, offer = copy_offered(daemon, timeout_s)
    data = bytearray()
    while offer.fits and len(data) < offer.total_bytes:
        before = len(daemon.said)
        _typed(daemon, Step.WANT, nonce, 0, 0, 0, 0, len(data))
        said = _next_step(daemon, before, Step.PART, nonce, timeout_s)
        assert said.body.offset_bytes == len(data)
        data += said.tail
    return Copied(offer, bytes(data))


def paste_typed(daemon: ScriptedDaemon, offer: Offer, data: bytes, *, parts: int = 1 << 30) -> int:
    """Offer a paste and send the parts that are wanted, at most so many. Returns how many were sent."""
    nonce, sent = next(_NONCES), 0
    before = len(daemon.said)
    _typed(daemon, Step.OFFER, nonce, *offer)
    offset = 0
    while offset < len(data) and sent < parts:
        said = _next_step(daemon, before, Step.WANT, nonce, 10.0)
        assert said.body.offset_bytes == offset
        before = len(daemon.said)
        part = data[offset : offset + 65_536]
        _typed(daemon, Step.PART, nonce, 0, 0, 0, 0, offset, tail=part)
        offset, sent = offset + len(part), sent + 1
    return sent


def xclip_reads(display: str, target: str = "UTF8_STRING", selection: str = "clipboard") -> bytes | None:
    """What xclip is given; None if it gets nothing."""
    done = subprocess.run(
        ["xclip", "-o", "-selection", selection, "-t", target],
        env=clean_environment(DISPLAY=display),
        capture_output=True,
        timeout=30 * time_scale(),
        check=False,
    )
    return done.stdout if done.returncode == 0 else None


def owner_of(app: App, selection: str = "CLIPBOARD") -> int:
    """The window that owns a selection; 0: none."""
    owner = app.display.get_selection_owner(app.display.intern_atom(selection))
    return int(getattr(owner, "id", owner))


def xclip_owns(app: App, display: str, path: Path, *options: str) -> Child:
    """An xclip that owns CLIPBOARD with the contents of a file, once it does."""
    before = owner_of(app)
    argv = ["xclip", "-i", "-quiet", "-selection", "clipboard", *options, str(path)]
    child = Child(argv, env=clean_environment(DISPLAY=display), log=path.with_suffix(".log"))
    wait_until(lambda: owner_of(app) not in (0, before), what="xclip owning CLIPBOARD")
    return child
