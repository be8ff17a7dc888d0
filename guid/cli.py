"""The command line `vitrail`: arguments in, requests to the supervisor or a daemon out; must not know X or the wire."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from colors.labels import DEFAULT, STANDARD, UnknownLabel, label_named
from guid.config import DaemonConfig
from guid.control import CommandError, ask
from guid.core.names import qube_name
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.paths import PathsError, config_dir, data_dir, qube_home, runtime_dir
from shm.boundary import Boundary, PoolBoundary, XenBoundary
from shm.vchan.carrier import Carrier
from shm.vchan.unix import GUI_PORT

if TYPE_CHECKING:
    from guid.clipboard.folders import Folders
    from guid.clipboard.qrexec import Peer

USAGE_ERROR = 2
ENGINES = ("local", "qemu")
"""The first one is the default."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `vitrail`; returns the exit code: 0 done, 1 refused or failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    level = logging.DEBUG if getattr(options, "verbose", False) else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    try:
        code = int(options.act(options))
        sys.stdout.flush()
    except (CommandError, UnknownLabel) as error:
        print(f"vitrail: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # as with `vitrail ls | head`: whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vitrail", description="Windows of isolated qubes on one desktop, each framed in its qube's colour."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="run a program in a qube, starting the qube if needed",
        usage="vitrail run [--qube NAME] [--label LABEL] [--engine ENGINE] [--wait] -- COMMAND [ARGUMENT ...]",
        epilog="What the program prints goes into the qube's log: vitrail/qubes/NAME/qube.log in $XDG_RUNTIME_DIR.",
    )
    run.add_argument("--qube", metavar="NAME", default="untrusted", help="the qube (default: %(default)s)")
    run.add_argument(
        "--label", choices=tuple(STANDARD), help=f"colour of a qube that is not running yet (default: {DEFAULT.name})"
    )
    run.add_argument(
        "--engine",
        choices=ENGINES,
        help=f"what runs a qube that is not running yet: a sandbox or a virtual machine (default: {ENGINES[0]})",
    )
    run.add_argument("--wait", action="store_true", help="wait until the program ends, and return its exit code")
    run.add_argument("command", nargs="+", metavar="COMMAND", help="the program and its arguments, after --")
    run.set_defaults(act=_run)
    listing = commands.add_parser("ls", help="list the running qubes")
    listing.add_argument("--json", action="store_true", help="print JSON, with every window")
    listing.set_defaults(act=_list)
    stop = commands.add_parser("stop", help="stop a qube and everything in it")
    stop.add_argument("name", metavar="NAME")
    stop.set_defaults(act=_stop)
    _add_clipboard(commands)
    export = commands.add_parser("export", help="print a qube's virtual machine for another program to run")
    export.add_argument("name", metavar="NAME")
    export.add_argument("--libvirt", action="store_true", required=True, help="as a libvirt domain, for virsh define")
    export.set_defaults(act=_export)
    supervise = commands.add_parser(
        "supervise", help="run the supervisor in the foreground, as a service (`run` starts one by itself)"
    )
    supervise.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    supervise.set_defaults(act=_supervise)
    doctor = commands.add_parser("doctor", help="look whether every qube's window is framed as it should be")
    doctor.add_argument("--oracle", action="store_true", required=True, help="compare the screen's pixels")
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.set_defaults(act=_doctor)
    daemon = commands.add_parser("daemon", help="serve one agent that somebody else started")
    daemon.add_argument("--name", required=True, type=qube_name, help="the qube, as its windows are called")
    daemon.add_argument("--label", required=True, choices=tuple(STANDARD))
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
    daemon.add_argument("--once", action="store_true", help="end when the agent goes")
    daemon.add_argument("-v", "--verbose", action="store_true")
    daemon.set_defaults(act=_daemon, misused=daemon.error)
    return parser


def _add_clipboard(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    clipboard = commands.add_parser("clipboard", help="look at the clipboard of all qubes, or empty it")
    actions = clipboard.add_subparsers(title="actions", required=True, metavar="ACTION")
    status = actions.add_parser("status", help="where its contents are from, how much, how old")
    status.add_argument("--json", action="store_true", help="print JSON")
    show = actions.add_parser("show", help="print its contents")
    show.add_argument("--escaped", action="store_true", required=True, help="as printable ASCII: they are a qube's")
    actions.add_parser("clear", help="empty it")
    watch = actions.add_parser("watch", help="print what happens to it, a line each")
    watch.add_argument("--json", action="store_true", help="print JSON, an object a line")
    for name, parser in actions.choices.items():
        parser.set_defaults(act=_clipboard, action=name)


def _clipboard(options: argparse.Namespace) -> int:
    from guid import clipboardcommand as command  # noqa: PLC0415 - only this command says anything of it

    if options.action == "status":
        command.status(as_json=options.json)
    elif options.action == "show":
        command.show()
    elif options.action == "clear":
        command.clear()
    else:
        command.watch(as_json=options.json)
    return 0


def _run(options: argparse.Namespace) -> int:
    display = os.environ.get("DISPLAY", "")
    if not display:
        raise CommandError("DISPLAY is not set: run this on the desktop that shall show the windows")
    request = {
        "op": "run",
        "qube": options.qube,
        "label": options.label,
        "engine": options.engine,
        "argv": options.command,
        "wait": options.wait,
        "display": display,
    }
    answer = ask(request, supervise=_start_supervising)
    if options.wait:
        return int(answer["status"])
    if answer.get("started_qube"):
        print(f"started qube {options.qube} ({answer['label']})")
    return 0


def _list(options: argparse.Namespace) -> int:
    answer = ask({"op": "ls"})
    qubes = answer.get("qubes", [])
    if options.json:
        print(json.dumps({"version": 1, "qubes": qubes}, indent=2))
        return 0
    if not qubes:
        print("no qube is running; start one with: vitrail run -- xterm")
        return 0
    widths = [
        max(len(str(row[key])) for row in [*qubes, {key: key for key in row}])
        for row in qubes[:1]
        for key in ("name", "label", "state")
    ]
    print(f"{'NAME':{widths[0]}}  {'LABEL':{widths[1]}}  {'STATE':{widths[2]}}  WINDOWS")
    for qube in qubes:
        shown = sum(1 for window in qube["windows"] if window["mapped"])
        print(f"{qube['name']:{widths[0]}}  {qube['label']:{widths[1]}}  {qube['state']:{widths[2]}}  {shown}")
    return 0


def _stop(options: argparse.Namespace) -> int:
    answer = ask({"op": "stop", "qube": options.name})
    if not answer:
        raise CommandError(f"no qube {options.name} is running")
    return 0


def _export(options: argparse.Namespace) -> int:
    from guid.engines.errors import EngineError  # noqa: PLC0415 - only this command needs an engine
    from guid.engines.qemu.libvirt import export  # noqa: PLC0415

    try:
        print(export(options.name, qube_home(options.name)), end="")
    except (EngineError, PathsError) as error:
        raise CommandError(str(error)) from error
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from guid.doctor import oracle  # noqa: PLC0415 - only this command looks at the screen

    display = os.environ.get("DISPLAY", "")
    if not display:
        raise CommandError("DISPLAY is not set: run this on the desktop that shall be looked at")
    return oracle(display, as_json=options.json)


def _start_supervising(ready_fd: int | None) -> int:
    from guid.service import supervise  # noqa: PLC0415 - imports what it will fork

    return supervise(ready_fd)


def _supervise(options: argparse.Namespace) -> int:
    from guid.service import supervise  # noqa: PLC0415 - imports what it will fork

    return supervise(options.ready_fd, stay=options.ready_fd is None)


def _daemon(options: argparse.Namespace) -> int:
    gc.disable()  # while modules load, nothing is garbage; the daemon enables it again
    from guid.loop import run_daemon  # noqa: PLC0415 - only the daemon needs X

    status = socket.socket(fileno=options.status_fd) if options.status_fd is not None else None
    config = DaemonConfig(
        name=options.name,
        label=label_named(options.label),
        boundary=_boundary(options),
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
    if not options.option:
        return DEFAULT_OPTIONS
    from guid.settings import SettingsError, options_from  # noqa: PLC0415 - a supervisor hands over what it has read

    try:
        return options_from(options.option)
    except SettingsError as error:
        raise CommandError(str(error)) from error


def _boundary(options: argparse.Namespace) -> Boundary:
    by_pool = (options.vchan_socket is not None, options.pool_fd is not None)
    if options.xen_domain is not None and not any(by_pool):
        return XenBoundary(options.xen_domain, options.xen_port)
    if options.xen_domain is not None or not all(by_pool):
        options.misused("either --vchan-socket and --pool-fd are needed, or --xen-domain")
    return PoolBoundary(options.vchan_socket, options.pool_fd, options.carrier, options.punch)
