"""Results as a file and as a table; measures nothing."""

import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.figures import FIGURES, SECTIONS, Results

PATH: Final = Path("build/bench/results.json")


def machine() -> dict[str, object]:
    """What the figures depend on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return {
        "processor": model,
        "processors": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def write(results: Results, path: Path, *, run: dict[str, object]) -> None:
    """Write results.json: `figures` has one number for every key of docs/bench.md, `missed` the keys below reach."""
    document = {
        "run": {"at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **run},
        "figures": {figure.key: round(results[figure.key], 4) for figure in FIGURES},
        "missed": missed(results),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")


def missed(results: Results) -> list[str]:
    """Keys of the figures that do not reach what they are to."""
    return [figure.key for figure in FIGURES if figure.reach is not None and not figure.reach.met(results)]


def table(results: Results) -> Iterator[str]:
    """Lines for a terminal: figure, value, floor where there is one, reach."""
    keys = {figure.key for figure in FIGURES}
    for title, figures in SECTIONS.items():
        yield ""
        yield f"{title:44} {'value':>10} {'floor':>10}  reach"
        for figure in figures:
            floor = floor_of(figure.key)
            if floor is None:
                continue
            beside = number(results[floor]) if floor in keys else ""
            reach = ""
            if figure.reach is not None:
                reach = f"{figure.reach.text}: {'met' if figure.reach.met(results) else 'MISSED'}"
            yield f"  {figure.key:42} {number(results[figure.key]):>10} {beside:>10}  {reach}".rstrip()


def floor_of(key: str) -> str | None:
    """The key that the floor of this figure would have; None for a floor."""
    unit = "per_s" if key.endswith("_per_s") else key.rsplit("_", 1)[1]
    stem = key.removesuffix(f"_{unit}")
    return None if stem.endswith("_floor") else f"{stem}_floor_{unit}"


def number(value: float) -> str:
    """Three figures, more or less."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3f}"
