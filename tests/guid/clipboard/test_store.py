"""The global clipboard on disk: what others find at any moment, and what is left of it afterwards."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.clipboard.errors import StoreError
from guid.clipboard.metadata import BadMetadata, Metadata, read
from guid.clipboard.store import BASE, Store
from guid.core.contents import ContentKind, Contents
from tests.guid.clipboard.inotify import CLOSE_WRITE, Watch

FIRST, SECOND = b"the first contents, which are long\n", "куб".encode()


def memfd(data: bytes) -> int:
    fd = os.memfd_create("test")
    os.write(fd, data)
    return fd


def put(store: Store, source: str, data: bytes, *, time_ms: int = 1) -> None:
    fd = memfd(data)
    store.put(source, Contents(ContentKind.TEXT, len(data)), time_ms, fd)
    os.close(fd)


def looked(store: Store) -> tuple[str, bytes] | None:
    found = store.look()
    if found is None:
        return None
    with os.fdopen(found.data, "rb") as data:
        data.seek(0)
        return found.source, data.read()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "clipboard"


@pytest.fixture
def store(folder: Path) -> Store:
    return Store(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name.removeprefix(BASE): path.read_bytes() for path in folder.glob(f"{BASE}*")}


def test_put_then_files_are_those_of_the_reference(store: Store, folder: Path) -> None:
    put(store, "work", FIRST, time_ms=123456)
    found = files(folder)
    assert sorted(found) == ["", ".metadata", ".source", ".xevent"]
    assert (found[""], found[".source"], found[".xevent"]) == (FIRST, b"work", b"123456\n")
    lines = found[".metadata"].decode().splitlines()
    assert lines[0] == "{"
    assert lines[-1] == "}"
    assert [line.rstrip(",") for line in lines[1:-1]] == [
        '"vmname":"work"',
        '"xevent_timestamp":123456',
        '"successful":1',
        '"copy_action":1',
        '"paste_action":0',
        '"malformed_request":0',
        '"oversized_request":0',
        '"cleared":0',
        '"qrexec_clipboard":0',
        f'"sent_size":{len(FIRST)}',
        '"buffer_size":256000',
        '"protocol_version_xside":65544',
        '"protocol_version_vmside":65544',
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["a.b.c", "disp1234", "x" * 254, 'q"uo\\te', "имя"])
def test_put_with_any_name_is_found_again(store: Store, name: str) -> None:
    put(store, name, FIRST)
    assert looked(store) == (name, FIRST)


@pytest.mark.parametrize("name", ["", "x" * 255])
def test_put_with_an_impossible_name_changes_nothing(store: Store, name: str) -> None:
    put(store, "work", FIRST)
    with pytest.raises(StoreError):
        put(store, name, SECOND)
    assert looked(store) == ("work", FIRST)


def test_put_of_something_shorter_leaves_nothing_of_the_longer(store: Store, folder: Path) -> None:
    put(store, "work", FIRST)
    before = os.open(folder / BASE, os.O_RDONLY)
    put(store, "play", SECOND)
    assert (folder / BASE).read_bytes() == SECOND
    assert os.pread(before, 1000, 0) == bytes(len(FIRST))  # whoever still has it open finds zeros
    assert os.fstat(before).st_nlink == 0
    os.close(before)


def test_put_that_fails_half_way_leaves_an_empty_clipboard_and_no_contents(store: Store, folder: Path) -> None:
    put(store, "work", FIRST)
    short = memfd(b"short")
    with pytest.raises(StoreError):
        store.put("play", Contents(ContentKind.TEXT, 100), 2, short)
    os.close(short)
    assert looked(store) is None
    assert (folder / f"{BASE}.source").read_bytes() == b""
    assert not (folder / f"{BASE}.new").exists()


def test_wipe_overwrites_the_contents_and_says_that_they_were_pasted(store: Store, folder: Path) -> None:
    put(store, "work", FIRST, time_ms=7)
    data = os.open(folder / BASE, os.O_RDONLY)
    store.wipe("work", 7, pasted_bytes=len(FIRST))
    assert os.pread(data, 1000, 0) == bytes(len(FIRST))
    os.close(data)
    found = files(folder)
    assert (found[""], found[".source"]) == (b"", b"")
    assert read(found[".metadata"]) == Metadata("work", 7, None, len(FIRST))
    assert b'"paste_action":1,\n' in found[".metadata"]
    assert b'"cleared":1,\n' in found[".metadata"]
    assert looked(store) is None


def test_remove_leaves_no_file_and_no_bytes(store: Store, folder: Path) -> None:
    put(store, "work", FIRST)
    (folder / f"{BASE}.new").write_bytes(SECOND)
    held = [os.open(folder / name, os.O_RDONLY) for name in (BASE, f"{BASE}.new")]
    store.remove()
    assert files(folder) == {}
    assert [os.pread(fd, 1000, 0).strip(b"\0") for fd in held] == [b"", b""]
    for fd in held:
        os.close(fd)
    store.remove()


def test_image_is_found_again_with_its_sizes(store: Store) -> None:
    pixels = bytes(range(24))
    data = memfd(pixels)
    store.put("work", Contents(ContentKind.IMAGE, 24, 2, 3), 5, data)
    os.close(data)
    found = store.look()
    assert found is not None
    assert found.contents == Contents(ContentKind.IMAGE, 24, 2, 3)
    assert os.pread(found.data, 100, 0) == pixels
    os.close(found.data)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"vmname": 3, "xevent_timestamp": 0, "sent_size": 0, "copy_action": 1}',
        b'{"vmname": "a", "xevent_timestamp": -1, "sent_size": 0, "copy_action": 1}',
        b'{"vmname": "a", "xevent_timestamp": 0, "sent_size": 9, "copy_action": 1, "kind": "image", "width": 1}',
        b"[" * 100_000,
    ],
)
def test_metadata_that_makes_no_sense_is_refused_and_the_clipboard_counts_as_empty(
    store: Store, folder: Path, raw: bytes
) -> None:
    with pytest.raises(BadMetadata):
        read(raw)
    put(store, "work", FIRST)
    (folder / f"{BASE}.metadata").write_bytes(raw)
    assert looked(store) is None


def test_data_of_another_length_than_said_counts_as_empty(store: Store, folder: Path) -> None:
    put(store, "work", FIRST)
    (folder / BASE).write_bytes(FIRST + b"more")
    assert looked(store) is None


def test_folder_that_others_may_enter_or_that_is_a_link_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    with pytest.raises(StoreError):
        Store(folder)
    link = folder.with_name("link")
    link.symlink_to(folder)
    with pytest.raises(StoreError):
        Store(link)


@pytest.fixture
def watch(store: Store, folder: Path) -> Iterator[Watch]:
    put(store, "work", FIRST)
    with Watch(folder / f"{BASE}.source") as found:
        yield found


def test_source_is_closed_after_writing_once_for_each_change_and_last(store: Store, folder: Path, watch: Watch) -> None:
    put(store, "play", SECOND, time_ms=9)
    assert watch.take() == [CLOSE_WRITE]
    assert files(folder)[".xevent"] == b"9\n"
    store.wipe("play", 9)
    assert watch.take() == [CLOSE_WRITE]


def test_reader_without_the_lock_never_finds_a_source_with_the_contents_of_another(store: Store, folder: Path) -> None:
    """Source, data, source: if both are the same name, which is never used again, what was read between is its own."""
    done = threading.Event()

    def change() -> None:
        for number in range(100):
            put(store, f"qube{number}", f"contents {number}".encode())
        done.set()

    put(store, "before", b"contents before")
    writer = threading.Thread(target=change)
    writer.start()
    seen = 0
    while not done.is_set() or not seen:
        before = (folder / f"{BASE}.source").read_text()
        try:
            data = os.open(folder / BASE, os.O_RDONLY)
        except FileNotFoundError:  # between the old file and the new one
            continue
        raw = os.pread(data, 1000, 0).decode()
        os.close(data)
        if before and before == (folder / f"{BASE}.source").read_text():
            seen += 1
            assert raw.strip("\0") in ("", f"contents {before.removeprefix('qube')}")
    writer.join()
