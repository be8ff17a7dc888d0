"""guid/core/processtree.py: whose processes are whose, by what /proc says."""

from guid.core.processtree import Process, below, process_in

REST = "4194560 0 0 0 0 0 0 0 0 20 0 1 0 {began} 0 0"


def line(pid: int, name: str, state: str, parent: int, began: int) -> str:
    return f"{pid} ({name}) {state} {parent} {pid} {pid} 0 -1 {REST.format(began=began)}\n"


def test_process_is_read_whatever_it_is_called() -> None:
    for name in ("sh", ") R 1", "a b", "((", "x) S 1 (y"):
        assert process_in(line(71, name, "T", 70, 987)) == Process(71, 70, "T", 987)


def test_own_line_of_the_kernel_is_read() -> None:
    from os import getpid, getppid
    from pathlib import Path

    found = process_in(Path("/proc/self/stat").read_text())
    assert (found.pid, found.parent, found.state) == (getpid(), getppid(), "R")
    assert found.began > 0


def test_below_has_parents_before_children_and_nobody_elses() -> None:
    tree = {5: 4, 3: 2, 4: 2, 9: 1, 8: 3, 2: 1}
    processes = [Process(pid, parent, "S", 0) for pid, parent in tree.items()]
    found = [each.pid for each in below(2, processes)]
    assert sorted(found) == [3, 4, 5, 8]
    assert found.index(4) < found.index(5)
    assert found.index(3) < found.index(8)
    assert below(77, processes) == []
