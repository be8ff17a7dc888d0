"""scripts/setup.py: what a target of the Makefile uses is in what it installs."""

from pathlib import Path

import pytest

from scripts.setup import lock_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("groups", [("runtime", "demo"), ("runtime", "demo", "test", "vm", "dist")])
def test_demo_and_tests_find_numpy(groups: tuple[str, ...]) -> None:
    assert "\nnumpy==" in (ROOT / lock_for(groups)).read_text()


def test_a_person_needs_no_numpy() -> None:
    assert "\nnumpy==" not in (ROOT / lock_for(["runtime"])).read_text()
