"""What processes and X servers have at this moment; knows no limit."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.harness.processes import children


def pss_kib(pid: int) -> int:
    """Memory of a process, shared pages counted in part. Source: proc(5), smaps_rollup."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
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


def x_resources(connection: Any) -> int:
    """How many resources all clients of an X server have, but for the one that asks. Source: X-Resource, 1.0."""
    own = connection.display.info.resource_id_base
    total = 0
    for client in connection.res_query_clients().clients:
        if client.resource_base != own:
            types = connection.res_query_client_resources(client.resource_base).types
            total += sum(each.count for each in types)
    return total


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
