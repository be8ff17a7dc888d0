"""What processes and X servers have at this moment; knows no limit."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from Xlib import X

from guid.x11.oracle import LOCAL_CLIENT_PID
from tests.harness.processes import children


def pss_kib(pid: int) -> int:
    """A process's own memory, what it shares with a fork counted in part. Source: proc(5), smaps_rollup.

    Without files: how many others have mapped the same library would count as well. Without shared memory: pools are
    counted by themselves.
    """
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss_Anon:"):
            return int(line.split()[1])
    raise ProcessLookupError(f"{pid} has no memory any more")


def fds(pid: int) -> int:
    """How many descriptors a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208


def pool_pages(pid: int) -> int:
    """Pages that are there of all sealed memory a process has open, its qube's pool among it."""
    found: dict[tuple[int, int], int] = {}
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        if str(entry.readlink()).startswith("/memfd:"):
            status = entry.stat()
            found[status.st_dev, status.st_ino] = status.st_blocks * 512 // 4096
    return sum(found.values())


def x_resources(connection: Any, pid: int) -> int:
    """How many resources the X server holds for the clients of a process. Source: X-Resource, 1.2."""
    answers = connection.res_query_client_ids([(X.NONE, LOCAL_CLIENT_PID)]).ids
    clients = [answer.spec.client for answer in answers if answer.value and answer.value[0] == pid]
    return sum(each.count for client in clients for each in connection.res_query_client_resources(client).types)


def descendants(pid: int) -> Iterator[int]:
    """Every process that came of `pid`, itself first."""
    yield pid
    try:
        below = children(pid)
    except FileNotFoundError:
        return
    for child in below:
        yield from descendants(child)


def command(pid: int) -> str:
    """A process's command line; "" if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
