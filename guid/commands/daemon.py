"""`vitrail daemon`: serves one agent that somebody else started."""

from __future__ import annotations

import argparse
import gc
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from colors.labels import STANDARD, Label, label_named
from guid.commands.parsers import LabelNames, in_words
from guid.config import DaemonConfig
from guid.control import CommandError
from guid.core.names import qube_name
from guid.core.options import DEFAULT_OPTIONS, FrameMode, Options
from guid.paths import PathsError, config_dir, data_dir, runtime_dir
from shm.boundary import Boundary, PoolBoundary, XenBoundary
from shm.vchan.carrier import Carrier
from shm.vchan.unix import GUI_PORT

if TYPE_CHECKING:
    from guid.clipboard.folders import Folders
    from guid.clipboard.qrexec import Peer
    from guid.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add `daemon`."""
    daemon = commands.add_parser("daemon", help="serve one agent that somebody else started")
    daemon.add_argument(
        "--name", required=True, type=qube_name, metavar="NAME", help="the qube, as its windows are called"
    )
    daemon.add_argument("--label", required=True, choices=LabelNames(), help="the colour of its frames")
    daemon.add_argument("--vchan-socket", type=Path, metavar="PATH", help="the agent's listening socket")
    daemon.add_argument(
        "--carrier",
        type=Carrier,
        choices=list(Carrier),
        default=Carrier.UNIX,
        metavar="KIND",
        help="what is behind the socket: unix (the agent itself) or virtio-serial (a virtual machine's port)",
    )
    daemon.add_argument("--pool-fd", type=int, metavar="FD", help="the sealed pool, with --vchan-socket")
    daemon.add_argument("--xen-domain", type=int, metavar="ID", help="the agent's Xen domain, instead of those two")
    daemon.add_argument("--xen-port", type=int, default=GUI_PORT, metavar="N", help="its vchan (default: %(default)s)")
    daemon.add_argument(
        *("-Q", "--qrexec-for-clipboard"), action="store_true", help="copy and paste by the services of Qubes OS"
    )
    daemon.add_argument(
        *("-t", "--target-domain"),
        type=int,
        metavar="ID",
        help="the domain to call them in, if the agent is in another",
    )
    daemon.add_argument("--qrexec-client", metavar="PATH", help="what calls them, if not the client of Qubes OS")
    daemon.add_argument("--status-fd", type=int, metavar="FD", help="SOCK_SEQPACKET to whoever started this")
    daemon.add_argument("--punch", action="store_true", help="give free pages back for an agent that cannot")
    daemon.add_argument("--no-extensions", action="store_true", help="speak plain protocol 1.8")
    daemon.add_argument(
        "--option", action="append", default=[], metavar="KEY=VALUE", help="as in a qube's [options], more than once"
    )
    daemon.add_argument(
        "--frame",
        choices=[mode.value for mode in FrameMode],
        help="whose frames managed windows have: own, or wm where the window manager's has the label's colour",
    )
    daemon.add_argument("--no-tag", action="store_true", help="no name on the frames: --option name_tag=false")
    daemon.add_argument("--once", action="store_true", help="end when the agent goes")
    daemon.add_argument("-v", "--verbose", action="store_true", help="log more")
    daemon.set_defaults(act=_daemon, misused=daemon.error)


def _label(name: str) -> Label:
    if name in STANDARD:
        return STANDARD[name]
    from guid.settings import labels  # noqa: PLC0415 - for a label that is not standard

    with in_words():
        return label_named(name, labels())


def _daemon(options: argparse.Namespace) -> int:
    gc.disable()  # while modules load, nothing is garbage; the daemon enables it again
    from guid.loop import run_daemon  # noqa: PLC0415 - only the daemon needs X

    status = socket.socket(fileno=options.status_fd) if options.status_fd is not None else None
    config = DaemonConfig(
        name=options.name,
        label=_label(options.label),
        boundary=boundary(options),
        status=status,
        extensions=not options.no_extensions,
        once=options.once,
        options=_options(options),
        clipboard=_clipboard_folders() if status is None else None,
        services=_services(options),
    )
    return run_daemon(config)


def _services(options: argparse.Namespace) -> Peer | None:
    """Another domain than the agent's can only be reached by services."""
    target = options.target_domain if options.target_domain is not None else options.xen_domain
    if not options.qrexec_for_clipboard and target == options.xen_domain:
        return None
    if target is None:
        options.misused("-Q needs the domain: --target-domain or --xen-domain")
    from guid.clipboard.qrexec import peer_of  # noqa: PLC0415 - only where Qubes' services carry the clipboard

    return peer_of(target, options.name, options.qrexec_client)


def _clipboard_folders() -> Folders:
    from guid.clipboard.folders import Folders  # noqa: PLC0415 - a supervised daemon has no desk

    try:
        return Folders(runtime_dir(), config_dir(), data_dir())
    except PathsError as error:
        raise CommandError(str(error)) from error


def _options(options: argparse.Namespace) -> Options:
    lines = [*options.option, *([f'frame = "{options.frame}"'] if options.frame is not None else [])]
    lines += ["name_tag = false"] if options.no_tag else []
    if not lines:
        return DEFAULT_OPTIONS
    from guid.settings import SettingsError, options_from  # noqa: PLC0415 - a supervisor hands over what it has read

    try:
        return options_from(lines)
    except SettingsError as error:
        raise CommandError(str(error)) from error


def boundary(options: argparse.Namespace) -> Boundary:
    """How the agent that was named on the command line is reached."""
    by_pool = (options.vchan_socket is not None, options.pool_fd is not None)
    if options.xen_domain is not None and not any(by_pool):
        return XenBoundary(options.xen_domain, options.xen_port)
    if options.xen_domain is not None or not all(by_pool):
        options.misused("either --vchan-socket and --pool-fd are needed, or --xen-domain")
    return PoolBoundary(options.vchan_socket, options.pool_fd, options.carrier, options.punch)
