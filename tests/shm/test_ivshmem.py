"""The pool as a PCI device: found, measured, refused; sysfs is played by a folder."""

import os
from pathlib import Path

import pytest

from shm.errors import ShmError
from shm.ivshmem import DEVICE, VENDOR, IvshmemPool
from shm.pool import PagePool

SIZE = 1 << 16


def device(root: Path, name: str, ids: tuple[str, str] = (VENDOR, DEVICE), *, memory: str = "resource2") -> Path:
    folder = root / name
    folder.mkdir()
    (folder / "vendor").write_text(f"{ids[0]}\n")
    (folder / "device").write_text(f"{ids[1]}\n")
    (folder / memory).touch()
    os.truncate(folder / memory, SIZE)
    return folder


def test_device_among_others_is_found_and_written_through(tmp_path: Path) -> None:
    device(tmp_path, "0000:00:01.0", (VENDOR, "0x1000"))
    mine = device(tmp_path, "0000:00:02.0")
    (tmp_path / "0000:00:03.0").mkdir()  # going away: no numbers any more
    opened: PagePool = IvshmemPool.open(tmp_path)
    assert (opened.pages, opened.punches) == (SIZE // 4096, False)
    os.pwrite(opened.fd, b"pixels", 4096)
    assert (mine / "resource2").read_bytes()[4096:4102] == b"pixels"
    opened.punch(0, 2)
    assert (mine / "resource2").read_bytes()[4096:4102] == b"pixels"


def test_write_combining_memory_is_preferred(tmp_path: Path) -> None:
    folder = device(tmp_path, "0000:00:02.0")
    (folder / "resource2_wc").touch()
    os.truncate(folder / "resource2_wc", 2 * SIZE)
    assert IvshmemPool.open(tmp_path).size_bytes == 2 * SIZE


@pytest.mark.parametrize("count", [0, 2])
def test_none_or_two_devices_are_refused(tmp_path: Path, count: int) -> None:
    for number in range(count):
        device(tmp_path, f"0000:00:0{number}.0")
    with pytest.raises(ShmError, match=f"{count} ivshmem"):
        IvshmemPool.open(tmp_path)


def test_memory_that_is_no_power_of_two_is_refused(tmp_path: Path) -> None:
    os.truncate(device(tmp_path, "0000:00:02.0") / "resource2", 3 * 4096)
    with pytest.raises(ShmError, match="power of two"):
        IvshmemPool.open(tmp_path)


def test_device_without_memory_is_refused(tmp_path: Path) -> None:
    (device(tmp_path, "0000:00:02.0") / "resource2").unlink()
    with pytest.raises(ShmError, match="no memory"):
        IvshmemPool.open(tmp_path)


def test_close_twice_is_harmless(tmp_path: Path) -> None:
    device(tmp_path, "0000:00:02.0")
    pool = IvshmemPool.open(tmp_path)
    pool.close()
    pool.close()
    assert pool.fd == -1
