"""Which uid a qube runs as: unused, one for each, the same at every start."""

import os
from pathlib import Path

import pytest

from guid.engines import uids
from guid.engines.errors import HomeUnusable, NoQubeUid
from guid.engines.uids import QUBE_UIDS, claim_uid, release_uid, uids_in_use

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")


def nothing() -> frozenset[int]:
    return frozenset()


def test_claim_uid_same_home_same_uid(tmp_path: Path) -> None:
    claims = tmp_path / "claims"
    first = claim_uid(tmp_path / "a", claims, in_use=nothing)
    assert first in QUBE_UIDS
    assert claim_uid(tmp_path / "a", claims, in_use=nothing) == first


def test_release_uid_forgets_only_that_home(tmp_path: Path) -> None:
    claims = tmp_path / "claims"
    gone, kept = (claim_uid(tmp_path / name, claims, in_use=nothing) for name in ("gone", "kept"))
    release_uid(tmp_path / "gone", claims)
    assert gone != kept
    assert [file.name for file in claims.iterdir()] == [str(kept)]


def test_release_uid_while_another_process_releases_its_own(tmp_path: Path) -> None:
    claims = tmp_path / "claims"
    gone = claim_uid(tmp_path / "gone", claims, in_use=nothing)
    (claims / "71999").symlink_to(tmp_path / "went meanwhile")
    release_uid(tmp_path / "gone", claims)
    assert not (claims / str(gone)).exists()


def test_claim_uid_many_homes_all_different(tmp_path: Path) -> None:
    claims = tmp_path / "claims"
    found = [claim_uid(tmp_path / str(number), claims, in_use=nothing) for number in range(200)]
    assert len(set(found)) == 200


def test_claim_uid_used_by_the_machine_is_skipped(tmp_path: Path) -> None:
    first = claim_uid(tmp_path / "a", tmp_path / "one", in_use=nothing)
    second = claim_uid(tmp_path / "a", tmp_path / "two", in_use=lambda: frozenset({first}))
    assert second != first


def test_claim_uid_claimed_by_another_home_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uids, "QUBE_UIDS", range(70_000, 70_002))
    taken = claim_uid(tmp_path / "a", tmp_path / "claims", in_use=nothing)
    assert {taken, claim_uid(tmp_path / "b", tmp_path / "claims", in_use=nothing)} == {70_000, 70_001}


def test_claim_uid_none_left_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uids, "QUBE_UIDS", range(70_000, 70_001))
    claim_uid(tmp_path / "a", tmp_path / "claims", in_use=nothing)
    with pytest.raises(NoQubeUid, match="remove"):
        claim_uid(tmp_path / "b", tmp_path / "claims", in_use=nothing)


@needs_root
def test_claim_uid_owner_of_the_home_is_reused_even_while_in_use(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 74_321, 74_321)
    assert claim_uid(home, tmp_path / "claims", in_use=lambda: frozenset(QUBE_UIDS)) == 74_321


@needs_root
def test_claim_uid_owner_claimed_by_another_home_is_refused(tmp_path: Path) -> None:
    other = claim_uid(tmp_path / "other", tmp_path / "claims", in_use=nothing)
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, other, other)
    with pytest.raises(HomeUnusable, match="another qube"):
        claim_uid(home, tmp_path / "claims", in_use=nothing)


@needs_root
def test_uids_in_use_sees_a_running_process() -> None:
    uid = QUBE_UIDS[1234]
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write_end)
        os.setresuid(uid, uid, uid)
        os.read(read_end, 1)
        os._exit(0)
    try:
        while uid not in uids_in_use():
            assert os.waitpid(child, os.WNOHANG) == (0, 0)
    finally:
        os.close(read_end)
        os.close(write_end)
        os.waitpid(child, 0)
    assert uid not in uids_in_use()


def test_subordinate_ranges_count_as_used(tmp_path: Path) -> None:
    file = tmp_path / "subuid"
    file.write_text("alice:79998:65536\nbob:100000:65536\nbroken\n")
    assert list(uids._subordinate(file)) == [79_998, 79_999]


def test_claim_uid_nowhere_to_keep_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NoQubeUid, match="cannot keep"):
        claim_uid(tmp_path / "a", tmp_path / "file" / "claims", in_use=nothing)


def test_check_uids_mapped_few_uids_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda _: "         0     100000      65536\n")
    with pytest.raises(NoQubeUid, match="ordinary user"):
        uids.check_uids_mapped()
