"""Every rule holds for this tree, and fails on a small tree that breaks it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture import habits, rooms, taint
from tests.architecture.source import ROOT, Finding, write_sample

Rule = Callable[[Path], list[Finding]]

RULES: list[Rule] = [
    rooms.room_findings,
    rooms.unit_findings,
    rooms.manager_findings,
    rooms.purity_findings,
    rooms.library_findings,
    rooms.folder_findings,
    taint.place_findings,
    taint.parameter_findings,
    taint.escape_findings,
    habits.broad_except_findings,
    habits.shell_findings,
    habits.evaluation_findings,
    habits.sleep_findings,
]


class Sample(NamedTuple):
    """One file that breaks a rule (or just does not), and on how many lines."""

    rule: Rule
    path: str
    text: str
    findings: int = 1


SAMPLES = [
    Sample(rooms.room_findings, "protocol/a.py", "from shm.pool import Pool\n"),
    Sample(rooms.room_findings, "shm/a.py", "import guid.core.window\n"),
    Sample(rooms.room_findings, "guid/a.py", "def f():\n    from guiagent.core import stage\n"),
    Sample(rooms.room_findings, "guiagent/a.py", "import importlib\nimportlib.import_module('colors.labels')\n"),
    Sample(
        rooms.room_findings, "guiagent/b.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import guid\n"
    ),
    Sample(rooms.room_findings, "guid/b.py", "from tests.harness import wait\n"),
    Sample(rooms.room_findings, "guid/c.py", "import protocol, shm.pool, colors\n", 0),
    Sample(rooms.unit_findings, "guid/core/a.py", "from guid.x11 import frame\n"),
    Sample(rooms.unit_findings, "guid/core/b.py", "from ..loop import run\n"),
    Sample(rooms.unit_findings, "guid/core/c.py", "from .. import x11\n"),
    Sample(rooms.unit_findings, "guid/x11/a.py", "import guid.loop\n"),
    Sample(rooms.unit_findings, "guid/loop.py", "from guid.engines.local import LocalEngine\n"),
    Sample(rooms.unit_findings, "guiagent/x11/a.py", "from guiagent.loop import run\n"),
    Sample(rooms.unit_findings, "guid/odds/ends.py", ""),
    Sample(rooms.unit_findings, "guid/x11/b.py", "from guid.core import window\nfrom . import a\n", 0),
    Sample(rooms.manager_findings, "guid/manager/a.py", "from colors.labels import STANDARD\n"),
    Sample(rooms.manager_findings, "guid/manager/b.py", "from guid.paths import runtime_dir\n"),
    Sample(rooms.manager_findings, "guid/commands/a.py", "def f():\n    from guid.manager.program import run\n"),
    Sample(rooms.manager_findings, "guid/manager/c.py", "import json\nfrom guid.manager import words\n", 0),
    Sample(rooms.library_findings, "guid/manager/d.py", "from gi.repository import Gtk\n"),
    Sample(rooms.purity_findings, "guid/core/a.py", "import socket\n"),
    Sample(rooms.purity_findings, "guid/core/b.py", "from time import monotonic\n"),
    Sample(rooms.purity_findings, "guiagent/core/a.py", "import os\n"),
    Sample(rooms.purity_findings, "protocol/a.py", "text = open('x').read()\n"),
    Sample(rooms.purity_findings, "guiagent/core/b.py", "from shm.pool import Pool\n"),
    Sample(rooms.purity_findings, "guid/core/c.py", "from shm.damage import coalesce\nimport struct\n", 0),
    Sample(rooms.library_findings, "protocol/framing.py", "import construct\n"),
    Sample(rooms.library_findings, "guid/x11/a.py", "import cairo\n"),
    Sample(rooms.library_findings, "guid/core/a.py", "from Xlib import X\n"),
    Sample(rooms.library_findings, "colors/a.py", "from cffi import FFI\n"),
    Sample(rooms.library_findings, "guid/loop.py", "import asyncio\n"),
    Sample(rooms.library_findings, "guid/clipboard/image.py", "def f():\n    from PIL import Image\n"),
    Sample(rooms.library_findings, "shm/image.py", "import PIL.Image\n"),
    Sample(rooms.library_findings, "shm/pool.py", "import mmap\n"),
    Sample(rooms.library_findings, "shm/x11/a.py", "from Xlib import X\n", 0),
    Sample(rooms.folder_findings, "utils/a.py", "", 1 + len(rooms.TOP_LEVEL)),
    Sample(taint.place_findings, "guid/x11/a.py", "def f(untrusted_x):\n    pass\n"),
    Sample(taint.place_findings, "guid/core/window.py", "y = frame.untrusted_body\n"),
    Sample(taint.place_findings, "guid/core/sanitize.py", "def f(*, untrusted_x):\n    pass\n", 0),
    Sample(taint.parameter_findings, "guid/core/sanitize.py", "def f(untrusted_x):\n    pass\n"),
    Sample(taint.parameter_findings, "guid/core/session.py", "def f(*, untrusted_x):\n    pass\n", 0),
    Sample(taint.escape_findings, "guid/core/sanitize.py", "def f(*, untrusted_x):\n    return untrusted_x\n"),
    Sample(taint.escape_findings, "guid/core/a.py", "def f(*, untrusted_x):\n    return 1, untrusted_x[4:]\n"),
    Sample(taint.escape_findings, "guid/core/b.py", "def f(self, *, untrusted_x):\n    self.x = untrusted_x\n"),
    Sample(taint.escape_findings, "guid/core/c.py", "def f(self, x):\n    self.untrusted_x = x\n"),
    Sample(taint.escape_findings, "guid/core/d.py", "def f(*, untrusted_x):\n    log(f'title {untrusted_x}')\n"),
    Sample(taint.escape_findings, "guid/core/f.py", "def f(*, untrusted_x):\n    log(f'size {untrusted_x:d}')\n", 0),
    Sample(taint.escape_findings, "guid/core/e.py", "def f(*, untrusted_x):\n    return min(untrusted_x, 3)\n", 0),
    Sample(habits.broad_except_findings, "shm/a.py", "try:\n    f()\nexcept Exception:\n    pass\n"),
    Sample(habits.broad_except_findings, "bench/a.py", "try:\n    f()\nexcept:\n    pass\n"),
    Sample(habits.broad_except_findings, "tests/a.py", "try:\n    f()\nexcept (OSError, BaseException):\n    pass\n"),
    Sample(habits.broad_except_findings, "guid/__main__.py", "try:\n    f()\nexcept Exception:\n    pass\n", 0),
    Sample(habits.broad_except_findings, "guid/__main__.py", "try:\n    f()\nexcept Exception:\n    pass\n" * 2),
    Sample(habits.shell_findings, "guid/a.py", "subprocess.run(line, shell=True)\n"),
    Sample(habits.shell_findings, "scripts/a.py", "import os\nos.system('ls')\n"),
    Sample(habits.shell_findings, "guid/engines/a.py", "argv = ['/bin/sh', '-c', line]\n"),
    Sample(habits.shell_findings, "guid/b.py", "subprocess.run(['ls'], shell=False)\n", 0),
    Sample(habits.evaluation_findings, "guid/a.py", "eval('1')\n"),
    Sample(habits.evaluation_findings, "shm/a.py", "import pickle\npickle.loads(data)\n"),
    Sample(habits.sleep_findings, "tests/test_a.py", "import time\ntime.sleep(1)\n"),
    Sample(habits.sleep_findings, "guid/loop.py", "from time import sleep\nsleep(1)\n"),
]


def name_of(rule: Rule) -> str:
    return rule.__name__.removesuffix("_findings")


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_this_tree_breaks_no_rule(rule: Rule) -> None:
    assert "\n".join(map(str, rule(ROOT))) == ""


@pytest.mark.parametrize(
    "sample", SAMPLES, ids=lambda sample: f"{name_of(sample.rule)}-{sample.path}-{sample.findings}"
)
def test_sample_tree_is_judged_as_said(sample: Sample, tmp_path: Path) -> None:
    found = sample.rule(write_sample(tmp_path, {sample.path: sample.text}))
    assert len(found) == sample.findings, found


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_every_rule_has_a_sample_that_breaks_it(rule: Rule) -> None:
    assert any(sample.rule is rule and sample.findings for sample in SAMPLES)
