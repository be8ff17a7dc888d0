"""`vitrail labels`, labels of the person's own, and docs/labels.md."""

import json
import struct
from pathlib import Path

import pytest

from colors.labels import STANDARD, Label, label_told, told
from colors.patterns import PATTERNS
from guid import definitions
from guid.cli import main
from guid.settings import SettingsError, definition_of, labels
from scripts.labels_page import PAGE, PICTURE, page_text
from tests.harness.schema import check

TEAL = '[teal]\ncolor = "0x008080"\npattern = "bars"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "vitrail").mkdir()
    return tmp_path / "vitrail"


def png_size(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


@pytest.mark.usefixtures("folder")
def test_labels_lists_the_standard_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labels"]) == 0
    printed = capsys.readouterr()
    rows = printed.out.splitlines()
    assert [row.split()[0] for row in rows] == ["LABEL", *STANDARD]
    assert rows[2].split()[1:3] == ["#F57900", "bars:"]
    assert printed.err == ""


def test_labels_prints_own_ones_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "labels.toml").write_text(TEAL)
    assert main(["labels", "--json"]) == 0
    printed = capsys.readouterr().out
    check(["labels", "--json"], 0, printed)
    assert json.loads(printed)["labels"][-1] == {"name": "teal", "index": 9, "rgb": "0x008080", "pattern": "bars"}


def test_labels_warns_of_one_like_another(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "labels.toml").write_text('[crimson]\ncolor = "0xC80808"\npattern = "plain"\n')
    assert main(["labels"]) == 0
    assert capsys.readouterr().err.startswith("warning: crimson looks like red (")


def test_sheet_has_a_row_for_every_label(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labels", "--png", str(folder / "a.png")]) == 0
    (folder / "labels.toml").write_text(TEAL)
    assert main(["labels", "--png", str(folder / "b.png")]) == 0
    (width, height), (same_width, more) = png_size(folder / "a.png"), png_size(folder / "b.png")
    assert same_width == width
    assert more > height + 100
    assert main(["labels", "--png", str(folder / "no" / "c.png")]) == 1
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (TEAL + '[red]\ncolor = "0xFF0000"\npattern = "dots"\n', 4, "standard label"),
        ('[teal]\ncolor = "teal"\npattern = "bars"\n', 2, "0xRRGGBB"),
        ('# mine\n[teal]\ncolor = "0x008080"\n\npattern = "waves"\n', 5, "pattern must be one of"),
        (TEAL + "width = 3\n", 4, "no key 'width'"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(folder: Path, text: str, line: int, words: str) -> None:
    (folder / "labels.toml").write_text(text)
    with pytest.raises(SettingsError, match=f"labels.toml: line {line}: .*{words}"):
        labels()


def test_qube_with_a_label_of_ones_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "labels.toml").write_text(TEAL)
    assert main(["create", "work", "--label", "teal"]) == 0
    found = definition_of("work")
    assert found is not None
    assert found.label == Label("teal", 9, 0x008080, PATTERNS["bars"])
    (folder / "labels.toml").unlink()
    with pytest.raises(SettingsError, match="no label 'teal'; there are red, orange"):
        definition_of("work")
    with pytest.raises(SystemExit):
        main(["create", "play", "--label", "teal"])
    assert "invalid choice: 'teal' (choose from 'red', 'orange'" in capsys.readouterr().err


def test_labels_that_cannot_be_read_are_told_of_by_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "labels.toml").write_text("[teal\n")
    assert main(["create", "work", "--label", "teal"]) == 1
    assert "labels.toml" in capsys.readouterr().err
    assert definitions.names() == []


@pytest.mark.parametrize("label", [*STANDARD.values(), Label("teal", 9, 0x008080, PATTERNS["bars"])], ids=str)
def test_label_told_is_the_same_again(label: Label) -> None:
    assert label_told(json.loads(json.dumps(told(label)))) == label


def test_page_is_as_generated_and_has_its_picture() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_text(), "run python -m scripts.labels_page"
    width, height = png_size(PICTURE)
    assert width > 2000 < height + 500
