"""What the benchmark says, figure by figure: key, unit, meaning, reach; measures nothing.

docs/bench.md holds the same table; a test compares them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

Results = Mapping[str, float]

AREAS: Final = {"64x64": (64, 64), "640x480": (640, 480), "1920x1080": (1920, 1080)}
FRAMES: Final = {"720p": (1280, 720), "1080p": (1920, 1080)}
LOADS: Final = {"64x64": (64, 64), "1080p": (1920, 1080)}
TOGETHER: Final = (1, 20, 200)
IDLE_WINDOWS: Final = 200
WINDOW_COUNTS: Final = (1, IDLE_WINDOWS, 500)
COPIED_BYTES: Final = (100, 64_000)
OF_THE_STACK: Final = ("agent", "daemon", "qube_x", "desktop_x")
OF_THE_FLOOR: Final = ("client", "qube_x", "desktop_x")


class Reach(NamedTuple):
    """What a figure is to reach for. met: given all results."""

    text: str
    met: Callable[[Results], bool]


class Figure(NamedTuple):
    """One number. key: in results.json; its unit is the key's end."""

    key: str
    meaning: str
    reach: Reach | None = None


def _latency() -> Iterator[Figure]:
    for area in AREAS:
        name = f"latency_{area}"

        def near_the_floor(results: Results, name: str = name) -> bool:
            return results[f"{name}_p50_ms"] <= 1.5 * results[f"{name}_p50_floor_ms"] + 0.3

        reach = Reach("≤ 1.5 * floor + 0.3 ms", near_the_floor)
        yield Figure(f"{name}_p50_ms", f"damage → pixel, {area}, median", reach)
        yield Figure(f"{name}_p99_ms", f"damage → pixel, {area}, 99 of 100")
        yield Figure(f"{name}_p50_floor_ms", "the same by the floor")
        yield Figure(f"{name}_p99_floor_ms", "the same by the floor")
        yield Figure(f"{name}_p50_ratio", "median over rounds of p50 / floor's p50")


def _frames() -> Iterator[Figure]:
    for size in FRAMES:
        key = f"frames_{size}_ratio"

        def enough(results: Results, key: str = key) -> bool:
            return results[key] >= 0.85

        yield Figure(f"frames_{size}_per_s", f"closed loop at {size}: the next frame when the last was seen")
        yield Figure(f"frames_{size}_floor_per_s", "the same by the floor")
        yield Figure(key, "median over rounds of frames / floor's frames", Reach("≥ 0.85", enough))


def _cpu() -> Iterator[Figure]:
    for size in LOADS:
        for process in (*OF_THE_STACK, "all"):
            yield Figure(f"cpu_{size}_{process}_s", f"processor time of 1,000 updates of {size} at 60/s: {process}")
        for process in (*OF_THE_FLOOR, "all"):
            yield Figure(f"cpu_{size}_{process}_floor_s", "the same by the floor")
        yield Figure(f"cpu_{size}_all_ratio", "all / floor's all")


def _damage() -> Iterator[Figure]:
    for together in TOGETHER:
        each = "alone" if together == 1 else f"{together} a wake-up"
        yield Figure(f"damage_{together}_us", f"daemon's processor time a damage message, {each}")
        yield Figure(f"damage_{together}_floor_us", "the same by a relay that sends one packed batch")
        yield Figure(f"damage_{together}_ratio", "median over rounds")


def _input() -> Iterator[Figure]:
    yield Figure(
        "key_p50_ms",
        "XTEST on the desktop → KeyPress in the app, median",
        Reach("≤ 0.5 ms", lambda results: results["key_p50_ms"] <= 0.5),
    )
    yield Figure("key_p99_ms", "99 of 100")
    yield Figure("key_p50_floor_ms", "XTEST → client on one server")
    yield Figure("key_p99_floor_ms", "the same")
    yield Figure("key_p50_ratio", "median over rounds")


def _clipboard() -> Iterator[Figure]:
    for size in COPIED_BYTES:
        yield Figure(
            f"clipboard_{size}_p50_ms",
            f"copy's key → {size:,} bytes at the sequencer, and paste's key → the agent, together, median",
        )
        yield Figure(f"clipboard_{size}_p99_ms", "99 of 100")


def _windows() -> Iterator[Figure]:
    for kind in ("managed", "popup"):
        yield Figure(f"map_{kind}_ms", f"{kind} window: app's first request → its colour on the desktop, median")
        yield Figure(f"map_{kind}_floor_ms", "the same by a client of the desktop")
        yield Figure(f"map_{kind}_ratio", "median over rounds")


STARTS: Final = (
    ("cold", 200, "fresh interpreter"),
    ("forked", 60, "forked ahead by a parent with imports"),
    ("bare", 60, "forked by such a parent when it is wanted"),
)


def _start() -> Iterator[Figure]:
    for kind, limit_ms, how in STARTS:
        key = f"start_{kind}_ms"

        def soon(results: Results, key: str = key, limit_ms: int = limit_ms) -> bool:
            return results[key] <= limit_ms

        reach = Reach(f"≤ {limit_ms} ms", soon)
        yield Figure(key, f"daemon start → first window's pixels on the desktop, {how}, median", reach)
        yield Figure(f"start_{kind}_best_ms", "the same, the best: what it takes on a machine with nothing else to do")
        yield Figure(f"start_{kind}_cpu_ms", "the daemon's processor time until then, median")
    yield Figure("start_cold_floor_ms", "a fresh interpreter that maps such a window by packed requests, median")
    yield Figure("start_cold_best_floor_ms", "the same, the best")
    yield Figure("start_cold_ratio", "median over rounds of cold / floor")


def _memory() -> Iterator[Figure]:
    def light(results: Results) -> bool:
        return results["memory_daemon_1_private_mib"] <= 12

    for count in WINDOW_COUNTS:
        for process in ("daemon", "agent"):
            reach = Reach("≤ 12 MiB", light) if (process, count) == ("daemon", 1) else None
            forked = ", forked" if process == "daemon" else ""
            yield Figure(f"memory_{process}_{count}_rss_mib", f"{process}{forked}, {count} windows: resident")
            yield Figure(f"memory_{process}_{count}_private_mib", "of that, shared with no other process", reach)
    yield Figure("memory_daemon_cold_rss_mib", "daemon by a fresh interpreter, 1 window: resident")
    yield Figure("memory_daemon_cold_private_mib", "of that, shared with no other process")


def _idle() -> Iterator[Figure]:
    def nothing(results: Results) -> bool:
        return all(results[f"idle_{IDLE_WINDOWS}_{process}_us"] <= 500 for process in ("daemon", "agent"))

    for process in ("daemon", "agent"):
        meaning = f"{process}'s processor time in a second in which {IDLE_WINDOWS} windows do nothing"
        yield Figure(f"idle_{IDLE_WINDOWS}_{process}_us", meaning, Reach("≤ 500 µs", nothing))


SECTIONS: Final[Mapping[str, tuple[Figure, ...]]] = {
    "Damage → pixel": tuple(_latency()),
    "Frames a second": tuple(_frames()),
    "Processor time of 1,000 updates": tuple(_cpu()),
    "Daemon, each damage": tuple(_damage()),
    "Key → app": tuple(_input()),
    "Copy → paste": tuple(_clipboard()),
    "Window map → seen": tuple(_windows()),
    "Daemon start → first window": tuple(_start()),
    "Memory": tuple(_memory()),
    "Idle windows": tuple(_idle()),
}

FIGURES: Final = tuple(figure for section in SECTIONS.values() for figure in section)


def page() -> str:
    """The tables of docs/bench.md."""
    lines: list[str] = []
    for title, figures in SECTIONS.items():
        lines += [f"### {title}", "", "| key | what | reach |", "|---|---|---|"]
        lines += [f"| `{key}` | {meaning} | {reach.text if reach else ''} |" for key, meaning, reach in figures]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    print(page())
