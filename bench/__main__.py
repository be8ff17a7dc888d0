"""`python -m bench [--quick] [--out FILE]`: measures everything, writes results.json, prints the table."""

import argparse
import gc
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import copying, cost, figures, keys, messages, pixels, report, starting, windows
from bench.client import Client
from bench.samples import Pair, flat, in_turns, middle, percentile, ratio
from bench.scene import Rect, Scene

Found = dict[str, float]
UPDATES_PER_S = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    rounds: int
    latency_samples: int
    frames_s: float
    cpu_rounds: int
    cpu_updates: int
    wakeups: int
    key_samples: int
    map_samples: int
    starts: int
    copies: int
    idle_s: float


WHOLE = Plan(
    rounds=12,
    latency_samples=50,
    frames_s=0.4,
    cpu_rounds=4,
    cpu_updates=120,
    wakeups=60,
    key_samples=50,
    map_samples=4,
    starts=15,
    copies=50,
    idle_s=5.0,
)
QUICK = Plan(
    rounds=2,
    latency_samples=6,
    frames_s=0.1,
    cpu_rounds=2,
    cpu_updates=12,
    wakeups=10,
    key_samples=6,
    map_samples=1,
    starts=2,
    copies=3,
    idle_s=0.2,
)


def gap_s() -> float:
    """A pause in which everything falls idle, never in step with anything."""
    return random.uniform(0.0015, 0.0035)


def latency(stack: pixels.Way, floor: pixels.Way, plan: Plan) -> Iterator[tuple[str, float]]:
    """Damage → pixel."""
    for name, size in figures.AREAS.items():
        rect = pixels.area(*size)
        pair = in_turns(
            plan.rounds,
            lambda rect=rect: pixels.latency_ms(stack, rect, plan.latency_samples, gap_s),  # type: ignore[misc]
            lambda rect=rect: pixels.latency_ms(floor, rect, plan.latency_samples, gap_s),  # type: ignore[misc]
        )
        yield from halves_and_tails(f"latency_{name}", pair)


def halves_and_tails(name: str, pair: Pair) -> Iterator[tuple[str, float]]:
    """p50 and p99 of both, in ms."""
    yield f"{name}_p50_ms", middle(pair.ours)
    yield f"{name}_p99_ms", percentile(flat(pair.ours), 99)
    yield f"{name}_p50_floor_ms", middle(pair.floor)
    yield f"{name}_p99_floor_ms", percentile(flat(pair.floor), 99)
    yield f"{name}_p50_ratio", ratio(pair)


def medians(name: str, unit: str, pair: Pair) -> Iterator[tuple[str, float]]:
    """Medians of both, and the ratio."""
    yield f"{name}_{unit}", middle(pair.ours)
    yield f"{name}_floor_{unit}", middle(pair.floor)
    yield f"{name}_ratio", ratio(pair)


def frames(stack: pixels.Way, floor: pixels.Way, plan: Plan) -> Iterator[tuple[str, float]]:
    """Closed loop."""
    for name, size in figures.FRAMES.items():
        rect = pixels.area(*size)
        pair = in_turns(
            plan.rounds,
            lambda rect=rect: [pixels.frames_per_second(stack, rect, plan.frames_s)],  # type: ignore[misc]
            lambda rect=rect: [pixels.frames_per_second(floor, rect, plan.frames_s)],  # type: ignore[misc]
        )
        yield from medians(f"frames_{name}", "per_s", pair)


def processor(scene: Scene, stack: pixels.Way, floor: pixels.Way, plan: Plan) -> Iterator[tuple[str, float]]:
    """A steady load. The floor's client is this process: what it takes more than as the stack's app alone."""
    servers = {"qube_x": scene.qube.pid, "desktop_x": scene.desktop.pid}
    stack_pids = {"agent": scene.agent.pid, "daemon": scene.daemon.pid, **servers}
    for name, size in figures.LOADS.items():
        rect = pixels.area(*size)

        def spent(way: pixels.Way, pids: dict[str, int], rect: Rect = rect) -> Found:
            used = cost.spent_s(pids, lambda: pixels.paced(way, rect, plan.cpu_updates, UPDATES_PER_S))
            way.eye.unseen(rect)
            return {process: each * 1000 / plan.cpu_updates for process, each in used.items()}

        turns = [(spent(stack, stack_pids), spent(floor, servers)) for _ in range(plan.cpu_rounds)]
        ours = {key: middle([[turn[0][key] for turn in turns]]) for key in (*stack_pids, "client")}
        lowest = {key: middle([[turn[1][key] for turn in turns]]) for key in (*servers, "client")}
        lowest["client"] = max(0.0, lowest["client"] - ours.pop("client"))
        yield from ((f"cpu_{name}_{process}_s", each) for process, each in ours.items())
        yield from ((f"cpu_{name}_{process}_floor_s", each) for process, each in lowest.items())
        ours_all, lowest_all = sum(ours.values()), sum(lowest.values())
        yield f"cpu_{name}_all_s", ours_all
        yield f"cpu_{name}_all_floor_s", lowest_all
        yield f"cpu_{name}_all_ratio", ours_all / lowest_all


def whole_way(scene: Scene, plan: Plan) -> Iterator[tuple[str, float]]:
    """Everything that is measured on one picture."""
    with (
        Client(scene.qube.name) as app,
        Client(scene.desktop.name) as desktop,
        Client(scene.qube.name) as floor_app,
        Client(scene.desktop.name) as floor_desktop,
    ):
        stack = pixels.Stack(scene, app, desktop)
        floor = pixels.Floor(floor_app, floor_desktop)
        for way in (stack, floor):
            pixels.latency_ms(way, pixels.area(64, 64), 20, gap_s)
        yield from latency(stack, floor, plan)
        yield from frames(stack, floor, plan)
        yield from processor(scene, stack, floor, plan)


def each_damage(scene: Scene, plan: Plan) -> Iterator[tuple[str, float]]:
    """The daemon by itself."""
    folder = scene.folder / "alone"
    folder.mkdir()
    alone = messages.DaemonAlone(scene.daemons, folder)
    for together in figures.TOGETHER:
        relay = messages.RelayAlone(scene.desktop.name, together, scene.folder / "relay.log")
        pair = in_turns(
            max(2, plan.rounds // 2),
            lambda together=together: [alone.cost_us(together, plan.wakeups)],  # type: ignore[misc]
            lambda relay=relay: [relay.cost_us(plan.wakeups)],  # type: ignore[misc]
        )
        relay.close()
        yield from medians(f"damage_{together}", "us", pair)
    alone.close()


def keys_and_windows(scene: Scene, plan: Plan) -> Iterator[tuple[str, float]]:
    """Input, then windows."""
    with Client(scene.qube.name) as app, Client(scene.desktop.name) as desktop:
        typing = keys.Keys(scene, app, desktop)
        pair = in_turns(
            plan.rounds,
            lambda: typing.ours(plan.key_samples, gap_s),
            lambda: typing.floor(plan.key_samples, gap_s),
        )
        typing.close()
        yield from halves_and_tails("key", pair)
    with Client(scene.qube.name) as app, Client(scene.desktop.name) as desktop, Client(scene.desktop.name) as eye:
        maps = windows.Maps(app, desktop, eye)
        for kind in ("managed", "popup"):
            popup = kind == "popup"
            pair = in_turns(
                plan.rounds,
                lambda popup=popup: maps.ours(plan.map_samples, gap_s, popup=popup),  # type: ignore[misc]
                lambda popup=popup: maps.floor(plan.map_samples, gap_s, popup=popup),  # type: ignore[misc]
            )
            yield from medians(f"map_{kind}", "ms", pair)


def clipboard(_scene: Scene, plan: Plan) -> Iterator[tuple[str, float]]:
    """Copies and pastes."""
    for size in figures.COPIED_BYTES:
        taken = copying.copy_paste_ms(size, plan.copies)
        yield f"clipboard_{size}_p50_ms", middle([taken])
        yield f"clipboard_{size}_p99_ms", percentile(taken, 99)


def starts_and_weights(scene: Scene, plan: Plan) -> Iterator[tuple[str, float]]:
    """Daemons that start, and what they and the agent weigh."""
    with Client(scene.desktop.name) as eye:
        starts = starting.Starts(scene, eye)
        starts.cold()  # leaves the compiled modules on the disk, as an installation does
        turns = [starts.cold() + starts.forked() + starts.bare() + starts.floor() for _ in range(plan.starts)]
        cold, forked, bare, floor = (list(each) for each in zip(*turns, strict=True))
        for name, taken in (("cold", cold), ("forked", forked), ("bare", bare)):
            yield f"start_{name}_ms", middle([taken])
            yield f"start_{name}_best_ms", min(taken)
        yield "start_cold_floor_ms", middle([floor])
        yield "start_cold_best_floor_ms", min(floor)
        for name, spent in starts.cpu_ms.items():
            yield f"start_{name}_cpu_ms", middle([spent[-plan.starts :]])
        yield "start_cold_ratio", ratio(Pair([[each] for each in cold], [[each] for each in floor]))
        yield from named_weight("memory_daemon_cold", starts.cold_weight)
    with Client(scene.qube.name) as app:
        for count, pids in starting.crowds(scene, app, figures.WINDOW_COUNTS):
            for process, pid in pids.items():
                yield from named_weight(f"memory_{process}_{count}", starting.weight(pid))
            if count == figures.IDLE_WINDOWS:
                at_rest = cost.spent_s(pids, lambda: time.sleep(plan.idle_s))
                for process in pids:
                    yield f"idle_{count}_{process}_us", 1e6 * at_rest[process] / plan.idle_s


def named_weight(name: str, found: starting.Weight) -> Iterator[tuple[str, float]]:
    """In MiB."""
    yield f"{name}_rss_mib", found.resident
    yield f"{name}_private_mib", found.private


@contextmanager
def steady() -> Iterator[None]:
    """No collector in the measuring process; compiled modules for the children, as in an installation."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


PARTS: tuple[Callable[[Scene, Plan], Iterator[tuple[str, float]]], ...] = (
    whole_way,
    each_damage,
    keys_and_windows,
    clipboard,
    starts_and_weights,
)


def main(arguments: list[str] | None = None) -> int:
    """Measure; the exit code says whether it could be measured, not whether it is fast."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few samples: shows that it works, measures nothing")
    parser.add_argument("--out", type=Path, default=report.PATH, metavar="FILE", help="default: %(default)s")
    options = parser.parse_args(arguments)
    plan = QUICK if options.quick else WHOLE
    results: Found = {}
    before, began = report.machine(), time.monotonic()
    with steady(), Scene() as scene:
        for part in PARTS:
            print(f"bench: {(part.__doc__ or '').rstrip('.')}", file=sys.stderr, flush=True)
            results.update(part(scene, plan))
    run = {"quick": options.quick, "seconds": round(time.monotonic() - began, 1), **before}
    report.write(results, options.out, run=run)
    for line in report.table(results):
        print(line)
    print(f"\n{options.out}, {run['seconds']} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
