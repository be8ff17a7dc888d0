"""The agent's command line. It must not know what the agent does with it."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from collections.abc import Sequence

from guiagent.loop import Agent, Options
from guiagent.x11.server import Kind
from protocol.limits import DEFAULT_POOL_BYTES
from shm.allocator import PageAllocator
from shm.errors import DisplayLost, ShmError, TransportError
from shm.ivshmem import IvshmemPool
from shm.pool import PagePool, Pool
from shm.supply import PageSupply
from shm.vchan.channel import Acceptor
from shm.vchan.unix import GUI_PORT, Listener
from shm.vchan.virtio_serial import PortListener, open_port

EXIT_STOPPED, EXIT_DISPLAY_LOST = 0, 4


def parser() -> argparse.ArgumentParser:
    """The options; all descriptors are inherited from whoever starts the qube."""
    options = argparse.ArgumentParser(
        prog="guiagent", description="Shows the windows of this qube on the desktop. Started by the qube's engine."
    )
    options.add_argument("--vchan-fd", type=int, metavar="FD", help="listening unix stream socket; the daemon connects")
    options.add_argument("--pool-fd", type=int, metavar="FD", help="the sealed memory shared with the desktop")
    options.add_argument("--virtio-port", metavar="NAME", help="in a QEMU machine: the port on which the daemon talks")
    options.add_argument(
        "--ivshmem", action="store_true", help="in a QEMU machine: the shared memory is its ivshmem device"
    )
    options.add_argument(
        "--xen-domain", type=int, metavar="ID", help="in a Xen domain: the domain in which the daemon runs, 0 mostly"
    )
    options.add_argument("--xen-port", type=int, default=GUI_PORT, metavar="N", help="its vchan (default: %(default)s)")
    options.add_argument("--control-fd", type=int, metavar="FD", help="seqpacket socket of the trusted side")
    options.add_argument(
        "--server",
        choices=[kind.value for kind in Kind],
        default=Kind.AUTO.value,
        help="X server to start (default: %(default)s)",
    )
    options.add_argument("--display", metavar=":N", help="use this X server instead of starting one")
    options.add_argument(
        "--clear-pasted-after",
        type=float,
        metavar="S",
        help="let go of what was pasted after S seconds (default: never)",
    )
    options.add_argument("-v", "--verbose", action="store_true", help="log more")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Run the agent; returns the exit status: 0 stopped, 4 no usable X server or shared memory."""
    options = parser()
    arguments = options.parse_args(argv)
    chosen = [arguments.vchan_fd, arguments.virtio_port, arguments.xen_domain]
    if chosen.count(None) != len(chosen) - 1:
        options.error("one of --vchan-fd, --virtio-port and --xen-domain is needed")
    if [arguments.pool_fd is not None, arguments.ivshmem, arguments.xen_domain is not None].count(True) != 1:
        options.error("one of --pool-fd and --ivshmem is needed, and neither with --xen-domain")
    logging.basicConfig(
        level=logging.DEBUG if arguments.verbose else logging.INFO, format="guiagent: %(message)s", stream=sys.stderr
    )
    try:
        control = None if arguments.control_fd is None else socket.socket(fileno=arguments.control_fd)
        listener = _listener(arguments)
        pool, supply = _memory(arguments)
        kind, clear = Kind(arguments.server), arguments.clear_pasted_after
        Agent(Options(listener, pool, supply, control, kind, arguments.display, clear)).run()
    except (DisplayLost, ShmError, TransportError) as error:
        logging.getLogger(__name__).error("%s", error)
        return EXIT_DISPLAY_LOST
    return EXIT_STOPPED


def _listener(arguments: argparse.Namespace) -> Acceptor:
    if arguments.xen_domain is not None:
        from shm.vchan.xen import XenListener  # noqa: PLC0415 - loads Xen's libraries

        return XenListener(arguments.xen_domain, arguments.xen_port)
    if arguments.virtio_port is not None:
        return PortListener(open_port(arguments.virtio_port))
    return Listener(socket.socket(fileno=arguments.vchan_fd))


def _memory(arguments: argparse.Namespace) -> tuple[PagePool, PageSupply]:
    """What X draws into, and how the daemon comes to see it."""
    if arguments.xen_domain is not None:
        from shm.grants.supply import GrantSupply  # noqa: PLC0415 - loads Xen's libraries

        own = Pool.create(DEFAULT_POOL_BYTES)
        return own, GrantSupply(own, arguments.xen_domain)
    pool: PagePool = IvshmemPool.open() if arguments.ivshmem else Pool.from_fd(arguments.pool_fd)
    return pool, PageAllocator(pool.pages)
