"""Qubes as things that a person owns: made, started as they were made, and not mistaken for another."""

from collections.abc import Iterator

import pytest

from tests.harness.session import Session
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        yield person


def test_qube_that_was_created_starts_as_it_was_created(session: Session) -> None:
    done = session.vitrail("create", "work", "--label", "blue", "--pool", "64M", display="")
    assert (done.returncode, done.stderr) == (0, "")
    assert "created qube work (blue)" in done.stdout
    assert (session.config / "vitrail" / "qubes" / "work.toml").read_text() == 'label = "blue"\npool = "64M"\n'
    assert not session.home("work").exists()
    assert session.vitrail("run", "--qube", "work", "--", "true").stdout == "started qube work (blue)\n"
    qube = session.qubes()["work"]
    assert (qube["label"], qube["pool_bytes"]) == ("blue", 64 << 20)


def test_label_of_the_first_run_stays(session: Session) -> None:
    session.run("work", "blue", "true")
    session.vitrail("stop", "work")
    assert session.vitrail("run", "--qube", "work", "--", "true").stdout == "started qube work (blue)\n"
    session.vitrail("stop", "work")
    refused = session.vitrail("run", "--qube", "work", "--label", "red", "--", "true")
    assert (refused.returncode, "vitrail set work --label red" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('label = "blue"\nnet = "user"\n', "vitrail set work --net none"),
        ('label = "blue"\ntemplate = "bookworm"\n', "vitrail set work --template none"),
        ('label = "blue"\ncolour = "blue"\n', "work.toml: line 2: there is no key 'colour'; there are label, "),
    ],
)
def test_definition_that_cannot_be_done_starts_nothing_and_says_why(session: Session, text: str, words: str) -> None:
    folder = session.config / "vitrail" / "qubes"
    folder.mkdir(parents=True)
    (folder / "work.toml").write_text(text)
    done = session.vitrail("run", "--qube", "work", "--", "true")
    assert (done.returncode, words in done.stderr) == (1, True), done.stderr
    assert session.qubes() == {}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("create", "../x"), 1, "cannot be a qube's name"),
        (("create", "work", "--label", "pink"), 2, "invalid choice: 'pink'"),
        (("create", "work", "--pool", "500M"), 1, "must be a power of two"),
        (("create", "work", "--option", "title_name"), 1, "write KEY=VALUE"),
        (("create", "work", "--option", "title_name=maybe"), 1, "title_name = maybe is no TOML"),
        (("create", "work", "--option", "title_nam=true"), 1, "no option 'title_nam'"),
        (("create",), 2, "NAME"),
    ],
)
def test_wrong_creation_is_told_in_words(session: Session, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = session.vitrail(*arguments)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
    assert not (session.config / "vitrail" / "qubes" / "work.toml").exists()
