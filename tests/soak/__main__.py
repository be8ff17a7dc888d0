"""`python -m tests.soak --minutes 60`: qubes at work, sampled; exit code 1 if anything grows."""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from tests.harness.processes import parent_of
from tests.harness.wait import pause
from tests.soak.meters import command, descendants, fds, pool_pages, pss_kib, x_resources
from tests.soak.scene import BUSY, Scene
from tests.soak.trend import Sample, trend

SAMPLE_EVERY_S: Final = 2.0
TURN_S: Final = 0.1


class Meter(NamedTuple):
    """allowed: growth from the warm-up to the end that is none: noise, and what allocators keep."""

    unit: str
    allowed: float


METERS: Final = {
    "PSS": Meter("KiB", 1024),
    "fds": Meter("", 3),
    "pool": Meter("pages", 1000),
    "X resources": Meter("", 60),
}


def measured(scene: Scene) -> Iterator[tuple[str, str, float]]:
    """(meter, of what, value) of everything that lives now."""
    qubes = scene.session.qubes()
    supervisor = parent_of(qubes["work"]["daemon_pid"])
    daemons = {"played": scene.played.daemon.child.pid, "work": qubes["work"]["daemon_pid"]}
    # the daemon that crashes is another one each time: what it leaves behind is seen in all others
    processes = {f"daemon {name}": pid for name, pid in daemons.items()}
    processes |= {"supervisor": supervisor, "desktop's X server": scene.stage.server.pid}
    processes |= dict(inside(supervisor))
    for name, pid in processes.items():
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            yield "PSS", name, pss_kib(pid)
            yield "fds", name, fds(pid)
    for name, pid in daemons.items():
        yield "pool", name, pool_pages(pid)
        yield "X resources", f"daemon {name}", x_resources(scene.stage.x, pid)
    for qube in BUSY:
        said = scene.said_by(qube)
        if said is not None:
            yield "X resources", f"qube {qube}", said.resources


def inside(supervisor: int) -> Iterator[tuple[str, int]]:
    """Agents and X servers of the qubes, in the order in which they were started."""
    numbers: dict[str, int] = defaultdict(int)
    for pid in sorted(descendants(supervisor)):
        line = command(pid)
        kind = next((kind for kind, words in INSIDE.items() if line.startswith(words)), None)
        if kind is not None:
            numbers[kind] += 1
            yield f"{kind} {numbers[kind]}", pid


INSIDE: Final = {
    "agent": ("/usr/bin/python3 -I /run/vitrail/agent.pyz",),
    "qube's X server": ("Xorg", "/usr/lib/xorg", "Xvfb"),
}


def soak(minutes: float, seed: int) -> int:
    """Let it all run and print what it came to; returns the exit code."""
    rows: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    with Scene(seed) as scene:
        begin = time.monotonic()
        sampled_at = -SAMPLE_EVERY_S
        while (now := time.monotonic() - begin) < 60 * minutes:
            if now - sampled_at >= SAMPLE_EVERY_S:
                sampled_at = now
                for meter, name, value in measured(scene):
                    rows[meter, name].append(Sample(now, value))
            scene.turn()
            pause(TURN_S)
        scene.played.lives()
        turns = {qube: said.turn if (said := scene.said_by(qube)) else 0 for qube in BUSY}
        print(f"{minutes:g} minutes, {scene.turns} turns, {scene.reconnects} reconnects, {scene.crashes} crashes")
        print(f"turns of the programs in the qubes: {turns}")
    return report(rows)


def report(rows: dict[tuple[str, str], list[Sample]]) -> int:
    """Print a line for each row; 1 if one grows, or if there is too little to say so."""
    worst = 0
    print(f"{'':12} {'of':22} {'first':>9} {'last':>9} {'grown':>9} {'allowed':>9}")
    for (name, what), samples in sorted(rows.items()):
        meter, found = METERS[name], trend(samples)
        if found is None:
            print(f"{name:12} {what:22} too few samples: {len(samples)}")
            worst = 1
            continue
        verdict = "GROWS" if found.grows(meter.allowed) else ""
        worst = max(worst, bool(verdict))
        numbers = f"{found.first:9.0f} {found.last:9.0f} {found.grown:9.1f} {meter.allowed:9.0f}"
        print(f"{name:12} {what:22} {numbers} {meter.unit:5} {verdict}")
    return worst


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="soak")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    sys.exit(soak(chosen.minutes, chosen.seed))
