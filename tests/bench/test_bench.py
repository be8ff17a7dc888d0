"""The benchmark runs, and says what its page says; whether it is fast is not this file's business."""

import json
import math
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.figures import FIGURES, page
from bench.report import floor_of, missed, table
from bench.samples import Pair, in_turns, percentile, ratio
from tests.architecture.source import ROOT


@pytest.mark.desktop
@pytest.mark.slow
def test_reduced_run_writes_every_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "build" / "results.json"
    assert main(["--quick", "--out", str(path)]) == 0
    document = json.loads(path.read_text())
    figures = document["figures"]
    assert set(figures) == {figure.key for figure in FIGURES}
    assert all(math.isfinite(value) and value >= 0 for value in figures.values())
    assert figures["latency_1920x1080_p50_floor_ms"] > figures["latency_64x64_p50_floor_ms"] > 0
    assert figures["memory_daemon_500_private_mib"] > figures["memory_daemon_1_private_mib"] > 1
    assert set(document["missed"]) <= set(figures)
    printed = capsys.readouterr().out
    assert all(figure.key in printed for figure in FIGURES if floor_of(figure.key) is not None)


def test_page_has_the_table_of_figures() -> None:
    assert (ROOT / "docs" / "bench.md").read_text().endswith(page() + "\n")


def test_keys_are_unique_and_each_floor_stands_beside_its_figure() -> None:
    keys = [figure.key for figure in FIGURES]
    assert len(keys) == len(set(keys))
    floors = {key for key in keys if floor_of(key) is None}
    clients = {key for key in floors if "_client_" in key}  # the stack has no such process
    assert floors - clients <= {floor_of(key) for key in keys}


def test_figure_below_its_reach_is_called_missed() -> None:
    results = {figure.key: 1.0 for figure in FIGURES} | {"key_p50_ms": 0.5}
    assert missed(results) == []
    results |= {"key_p50_ms": 0.51, "frames_720p_ratio": 0.84, "start_forked_ms": 61.0}
    assert missed(results) == ["frames_720p_ratio", "key_p50_ms", "start_forked_ms"]
    assert sum("MISSED" in line for line in table(results)) == 3


def test_turns_alternate_who_comes_first() -> None:
    said: list[str] = []

    def take(who: str, value: float) -> list[float]:
        said.append(who)
        return [value]

    pair = in_turns(3, lambda: take("ours", 2.0), lambda: take("floor", 1.0))
    assert said == ["floor", "ours", "ours", "floor", "floor", "ours"]
    assert pair == Pair([[2.0]] * 3, [[1.0]] * 3)
    assert ratio(pair) == 2.0


def test_ratio_is_of_rounds_not_of_the_whole() -> None:
    assert ratio(Pair([[2.0], [20.0], [2.0]], [[1.0], [10.0], [100.0]])) == 2.0


@pytest.mark.parametrize(("percent", "expected"), [(0, 1.0), (50, 51.0), (99, 100.0), (100, 100.0)])
def test_percentile_counts_from_below(percent: float, expected: float) -> None:
    assert percentile([float(each) for each in range(1, 101)], percent) == expected
