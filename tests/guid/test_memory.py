"""guid/memory.py: the sums, of real processes and of a group's file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from guid import memory
from shm.pool import Pool

TAKES = "import subprocess, sys; held = b'x' * (40 << 20); print('held', flush=True); "
PARENT = TAKES + "subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
CHILD = TAKES + "sys.stdin.read()"
THREADS = """
import subprocess, sys, threading
for _ in range(50):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
last = threading.Thread(target=lambda: subprocess.run([sys.executable, "-c", sys.argv[1]], check=True))
last.start()
last.join()
"""


def test_sum_of_processes_has_children_and_what_the_pool_really_takes() -> None:
    pool = Pool.create(64 << 20)
    argv = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert [parent.stdout.readline() for _ in range(2)] == ["held\n"] * 2
        before = memory.of_processes(parent.pid, pool.fd)
        assert 80 << 20 < before < 160 << 20
        os.pwrite(pool.fd, bytes(8 << 20), 0)
        assert memory.of_processes(parent.pid, pool.fd) - before >= 8 << 20
        parent.communicate("")
    assert memory.of_processes(parent.pid, pool.fd) == 8 << 20, "of a process that has ended nothing is counted"
    pool.close()


def test_no_more_threads_are_asked_than_anybody_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool.create(1 << 20)
    with subprocess.Popen(
        [sys.executable, "-c", THREADS, CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "held\n"
        assert memory.of_processes(parent.pid, pool.fd) > 40 << 20
        monkeypatch.setattr(memory, "MAX_THREADS", 20)
        assert memory.of_processes(parent.pid, pool.fd) < 40 << 20, "the last thread's child is left out"
        parent.communicate("")
    pool.close()


def test_sum_of_a_group_leaves_out_what_the_kernel_can_drop(tmp_path: Path) -> None:
    statistics = tmp_path / "memory.stat"
    assert memory.of_group(statistics) is None
    statistics.write_text("anon 4096\nfile 1000000\nkernel 555\nshmem 8192\ninactive_file 77\n")
    assert memory.of_group(statistics) == 12288
