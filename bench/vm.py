"""`python -m bench.vm`: what the boundary of a machine and of a Xen domain costs, beside a sandbox's; prints a table.

Xen is emulated always, the machine where KVM does not work, and the table says so: then only ratios mean anything.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from Xlib import X

from bench.damage import DEVICE, DRAW, Notes, damage_figures
from bench.samples import percentile
from bench.xen import xen_figures
from guid.engines.bundle import PACKAGES, Module, _package_modules, pack
from guid.engines.engine import Engine, LocalQube
from guid.engines.local import LocalEngine
from guid.engines.qemu.accelerator import DEVICE as KVM
from guid.engines.qemu.engine import QemuEngine
from protocol.limits import PAGE_BYTES
from shm.pool import Pool
from shm.vchan.carrier import connect
from shm.vchan.channel import Channel
from shm.vchan.unix import listen
from tests.harness.session import Window
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.vm.qemu_desk import START_TIMEOUT_S, MachineSession, need_machines

PING_BYTES: Final = 32
ROUND_TRIPS: Final = 300
BULK_BYTES: Final = 1 << 20
BULKS: Final = 5
KEYS: Final = 30
NOTE_FILE: Final = "drawn"

ECHO: Final = '''
"""An agent that sends back what it is sent, and a long answer to an L."""
import select, socket, sys
from shm.errors import TransportError
from shm.vchan.unix import Listener
from shm.vchan.virtio_serial import PortListener, open_port

def value(name):
    return sys.argv[sys.argv.index(name) + 1]

if "--virtio-port" in sys.argv:
    listener = PortListener(open_port(value("--virtio-port")))
else:
    listener = Listener(socket.socket(fileno=int(value("--vchan-fd"))))
channel = None
while channel is None:
    select.select([listener.fileno()], [], [])
    channel = listener.accept()
try:
    while True:
        select.select([channel.fileno()], [channel.fileno()] if channel.wants_write else [], [])
        if channel.wants_write:
            channel.flush()
        data = channel.receive()
        if data:
            channel.send(bytes(1 << 20) if data == b"L" else data)
except TransportError:
    pass
'''

FLIP: Final = """
import sys
sys.path.insert(0, "/run/vitrail/agent.pyz")
from Xlib import X, display
dpy = display.Display()
screen = dpy.screen()
window = screen.root.create_window(0, 0, 200, 150, 0, screen.root_depth, event_mask=X.KeyPressMask | X.ExposureMask)
window.set_wm_name("flip")
gc = window.create_gc(graphics_exposures=0)
window.map()
colours, number = (0x204080, 0x80C040), 0
while True:
    seen = dpy.next_event()
    number += seen.type == X.KeyPress
    gc.change(foreground=colours[number % 2])
    window.fill_rectangle(gc, 0, 0, 200, 150)
    dpy.flush()
"""


def echo_bundle(magic: bytes) -> bytes:
    """The agent's archive with ECHO in the agent's place."""
    modules = [module for package in PACKAGES if package != "guiagent" for module in _package_modules(package)]
    return pack([Module("__main__.py", ECHO.encode()), *modules], magic)


def wait_for(channel: Channel) -> bytes:
    """Bytes that came, in the time that a machine may take to start."""
    writes = [channel.fileno()] if channel.wants_write else []
    ready, writable, _ = select.select([channel.fileno()], writes, [], START_TIMEOUT_S)
    if not ready and not writable:
        raise TimeoutError("no answer")
    if channel.wants_write:
        channel.flush()
    return channel.receive()


def answered(channel: Channel, data: bytes, length: int) -> float:
    """Seconds until so many bytes have come as the answer to `data`."""
    began, missing = time.perf_counter(), length
    channel.send(data)
    while missing:
        missing -= len(wait_for(channel))
    return time.perf_counter() - began


def channel_figures(engine: Engine) -> dict[str, float]:
    """Round trips and throughput of an engine's channel; no daemon, no X."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrail-bench-", dir="/var/tmp")))
        folder.chmod(0o711)
        pool = Pool.create(64 << 20)
        stack.callback(pool.close)
        listener = stack.enter_context(listen(folder / "vchan.sock"))
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        stack.enter_context(control)
        with theirs, Path("/dev/null").open("wb") as log:
            qube = LocalQube("bench", folder / "bench" / "home")
            process = engine.start(qube, listener=listener, pool_fd=pool.fd, control=theirs, log_fd=log.fileno())
        stack.callback(process.wait)
        stack.callback(process.kill)
        listener.close()
        channel = connect(engine.traits.carrier, folder / "vchan.sock")
        stack.callback(channel.close)
        answered(channel, b"first", 5)
        trips = [answered(channel, bytes(PING_BYTES), PING_BYTES) * 1e3 for _ in range(ROUND_TRIPS)]
        bulks = [answered(channel, b"L", BULK_BYTES) for _ in range(BULKS)]
        return {
            "round trip, 32 bytes, ms: middle": median(trips),
            "round trip, 32 bytes, ms: 95 %": percentile(trips, 95),
            "throughput, to the desktop, MiB/s": BULK_BYTES / median(bulks) / (1 << 20),
        }


def key_figures(session: MachineSession, qube: str) -> dict[str, float]:
    """From a key on the desktop to the pixel that it changes in the qube's window there."""
    window = session.window(qube, lambda each: each["title"] == "flip")
    session.focus(window)
    pixel = middle_of(session, window)
    samples = []
    for _ in range(KEYS):
        before, began = pixel(), time.perf_counter()
        session.press(38)
        while pixel() == before:
            if time.perf_counter() - began > START_TIMEOUT_S:
                raise TimeoutError("the key changed nothing")
        samples.append((time.perf_counter() - began) * 1e3)
    return {"key to pixel, ms: middle": median(samples), "key to pixel, ms: 95 %": percentile(samples, 95)}


def middle_of(session: MachineSession, window: Window) -> Callable[[], bytes]:
    """What tells the colour in the middle of a window's content, as the screen shows it."""
    x, y = window["content"][0] + 100, window["content"][1] + 75
    root = session.x.screen().root
    return lambda: bytes(root.get_image(x, y, 1, 1, X.ZPixmap, 0xFFFFFF).data)


def drawing_figures(session: MachineSession, qube: str) -> dict[str, float]:
    """From a drawing in the qube to its pixel on the desktop."""
    machine = session.qubes()[qube]["engine"] == "qemu"
    session.run(qube, "blue", "/usr/bin/python3", "-I", "-c", DRAW, DEVICE if machine else NOTE_FILE)
    window = session.window(qube, lambda each: each["title"] == "draw")
    session.focus(window)
    with ExitStack() as stack:
        if machine:
            file = stack.enter_context(session.pool_file(qube).open("rb"))
            notes = Notes(file.fileno(), os.fstat(file.fileno()).st_size - PAGE_BYTES)
        else:
            file = stack.enter_context((session.home(qube) / NOTE_FILE).open("rb"))
            notes = Notes(file.fileno(), 0)
        return damage_figures(notes, middle_of(session, window))


def all_keys() -> dict[str, dict[str, float]]:
    """Key and drawing to pixel for sandbox and machine, and how long each took to its first window."""
    found: dict[str, dict[str, float]] = {}
    with XServer() as server, WindowManager("openbox", server.name), MachineSession(server.name) as session:
        command = ("/usr/bin/python3", "-I", "-c", FLIP)
        for kind, start in (("sandbox", session.run), ("machine", session.start_machine)):
            found[kind] = timed(lambda begin=start, name=kind: begin(name, "blue", *command), session, kind)  # type: ignore[misc]
            found[kind] |= key_figures(session, kind) | drawing_figures(session, kind)
            session.vitrail("stop", kind)
    return found


def timed(start: Callable[[], None], session: MachineSession, qube: str) -> dict[str, float]:
    """Start a qube with its first program; how long it took to the mapped window."""
    began = time.perf_counter()
    start()
    session.window(qube)
    return {"from `vitrail run` to the first window, s": time.perf_counter() - began}


def main() -> int:
    need_machines()
    found = all_keys()
    with tempfile.TemporaryDirectory(prefix="vitrail-bench-") as claims:
        engines: dict[str, Engine] = {
            "sandbox": LocalEngine(bundle=echo_bundle, claims=Path(claims) / "local"),
            "machine": QemuEngine(bundle=echo_bundle, claims=Path(claims) / "qemu"),
        }
        for kind, engine in engines.items():
            found[kind] |= channel_figures(engine)
    how = "perhaps with KVM" if os.access(KVM, os.R_OK | os.W_OK) else "under emulation"
    found["Xen domain"] = xen_figures()
    print(f"(the machine {how}, the Xen domain under emulation)")
    print(f"{'':44}" + "".join(f"{kind:>12}" for kind in found))
    for name in dict.fromkeys(name for figures in found.values() for name in figures):
        print(f"{name:44}" + "".join(f"{figures.get(name, float('nan')):12.2f}" for figures in found.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
