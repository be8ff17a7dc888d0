"""Runs one daemon of ours as `qubes-guid` would run; decides nothing about windows."""

from __future__ import annotations

import gc
import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from colors.iconfile import BadIconFile
from colors.labels import STANDARD, Label
from guid.clipboard.folders import Folders
from guid.clipboard.policy import CURRENT_FOLDER
from guid.clipboard.qrexec import Peer, peer_of
from guid.config import DaemonConfig
from guid.core.extras import Extras
from guid.dropin.arguments import Request
from guid.dropin.background import take_signals_of_qubes
from guid.dropin.decided import Start
from guid.dropin.iconfile import icon_in
from guid.dropin.keyboardnote import note_layout
from guid.dropin.runfiles import THEIRS, Booting, Running, name_of
from guid.paths import config_dir, data_dir, runtime_dir
from shm.boundary import Boundary, PoolBoundary, XenBoundary

log = logging.getLogger(__name__)

OUR_NAME = "vitrail-guid"
QUBES_RULES = Path("/etc/qubes")
GUIVM_MARK = "qubes-service/guivm"
"""Beside the run folder: there in a GuiVM, where dom0's rules cannot be read."""
LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
"""Of Python's logging, for the C daemon's levels 0, 1 and 2."""


class Replaced:
    """A daemon that ends when ours is connected: the one that showed the emulator's window until now."""

    def __init__(self, pid: int) -> None:
        """Holds on to the process, so that no other one is meant later that got its number."""
        self._fd = -1
        if name_of(pid) not in (THEIRS, OUR_NAME):
            log.warning("-K %d: that is no daemon of windows (any more); nothing will be sent there", pid)
            return
        with suppress(ProcessLookupError):
            self._fd = os.pidfd_open(pid)

    def end(self) -> None:
        """Tell it; once."""
        if self._fd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._fd, signal.SIGUSR1)
            os.close(self._fd)
            self._fd = -1


def serve(
    request: Request, start: Start, label: Label, *, booting: Booting, running: Running, connected: Callable[[], None]
) -> int:
    """Serve the agent until it is over. connected: called when it is there. Returns the exit code; 0: told to stop.

    Raises RunFileError, and PathsError without folders for the clipboard.
    """
    Path("/proc/self/comm").write_text(OUR_NAME)
    take_signals_of_qubes()
    replaced = Replaced(request.kill_pid) if request.kill_pid is not None else None
    began = False

    def begin() -> None:
        nonlocal began
        if began:  # the agent was away
            return
        began = True
        running.put()
        booting.over()
        connected()
        note_layout(request.name or "", request.folder)
        if replaced is not None:
            replaced.end()

    config = DaemonConfig(
        name=request.name or "",
        label=label,
        boundary=boundary(request),
        options=start.options(),
        clipboard=clipboard(request),
        services=services(request),
        connected=begin,
        extras=Extras(request.properties, request.invisible, **_icon(request.icon)),
    )
    gc.disable()  # while modules load, nothing is garbage; the daemon enables it again
    from guid.loop import run_daemon  # noqa: PLC0415 - only where a daemon is wanted

    try:
        return int(run_daemon(config))
    finally:
        running.gone()
        booting.over()


def clipboard(request: Request) -> Folders:
    """Where the clipboard is, and its rules: Qubes' own if there are any, else the person's. Raises PathsError."""
    rules = request.policy
    if rules is None and (QUBES_RULES / CURRENT_FOLDER).is_dir():
        rules = QUBES_RULES
    if rules is not None:
        return Folders(runtime_dir(), rules, data_dir(), of_qubes=True)
    in_gui_domain = (request.folder.parent / GUIVM_MARK).exists()
    return Folders(runtime_dir(), config_dir(), data_dir(), closed=in_gui_domain)


def _icon(given: str) -> dict[str, Any]:
    """-i as fields of Extras: a path is a picture, anything else a class."""
    if not given.startswith("/"):
        return {"class_name": given}
    try:
        return {"picture": icon_in(Path(given))}
    except BadIconFile as error:
        log.warning("-i %s %s: the label's own icon is shown", given, error)
        return {}


def label_of(rgb: int, index: int) -> Label:
    """The label of that colour, with the number that was given."""
    same = next((each for each in STANDARD.values() if each.rgb == rgb), None)
    return same._replace(number=index) if same is not None else Label(f"0x{rgb:06x}", index, rgb)


def boundary(request: Request) -> Boundary:
    """How the agent is reached."""
    if request.vchan_socket is not None and request.pool_fd is not None:
        return PoolBoundary(request.vchan_socket, request.pool_fd)
    return XenBoundary(request.domain or 0)


def services(request: Request) -> Peer | None:
    """Where the clipboard is reached by qrexec: if it was asked for, or the agent is in a stub domain."""
    target = request.target if request.target is not None else request.domain
    if target is None or (target == request.domain and not request.qrexec_clipboard):
        return None
    return peer_of(target, request.name or "", request.qrexec_client)
