"""guiagent/core/cursors.py and xcursor.py: which glyph a cursor is."""

import struct
from pathlib import Path

import pytest
from Xlib import Xcursorfont

from guiagent.core.cursors import ALIASES, GLYPHS, Look, glyph_named, on_the_wire, shape_of
from guiagent.core.xcursor import looks
from guiagent.x11.cursor_theme import CursorTheme

OPAQUE, CLEAR = b"\x10\x20\x30\xff", bytes(4)


def theme_file(*pictures: Look) -> bytes:
    """Source: Xcursor(3)."""
    header = struct.pack("<4s3I", b"Xcur", 16, 0x10000, len(pictures))
    entries, chunks, position = b"", b"", 16 + 12 * len(pictures)
    for look in pictures:
        entries += struct.pack("<3I", 0xFFFD0002, look.width, position)
        chunk = struct.pack("<9I", 36, 0xFFFD0002, look.width, 1, look.width, look.height, look.hot_x, look.hot_y, 0)
        chunks += chunk + look.pixels
        position += len(chunk) + len(look.pixels)
    return header + entries + chunks


def look(width: int, height: int, shade: int) -> Look:
    return Look(width, height, 1, 2, bytes([shade, 0, 0, 255]) * (width * height))


def test_glyphs_are_those_of_the_cursor_font() -> None:
    theirs = {name: number for name, number in vars(Xcursorfont).items() if isinstance(number, int)}
    del theirs["num_glyphs"]
    assert theirs == GLYPHS


def test_every_alias_is_a_glyph() -> None:
    assert set(ALIASES.values()) <= set(GLYPHS)
    assert not set(ALIASES) & set(GLYPHS), "a glyph's own name stands for that glyph"


@pytest.mark.parametrize(
    ("name", "glyph"), [("xterm", 152), ("text", 152), ("pointer", 60), ("watch", 150), ("no such thing", None)]
)
def test_glyph_named_knows_names_and_aliases(name: str, glyph: int | None) -> None:
    assert glyph_named(name) == glyph


def test_glyphs_on_the_wire_have_their_bit() -> None:
    assert (on_the_wire(None), on_the_wire(0), on_the_wire(152)) == (0, 0x100, 0x198)


def test_shape_is_what_is_left_without_colours() -> None:
    one = Look(2, 1, 0, 0, OPAQUE + CLEAR)
    other = Look(2, 1, 0, 0, b"\xff\xff\xff\xff" + CLEAR, b"named")
    assert shape_of(one) == shape_of(other)
    assert shape_of(one) != shape_of(Look(2, 1, 0, 0, CLEAR + OPAQUE))
    assert shape_of(one) != shape_of(Look(2, 1, 1, 0, OPAQUE + CLEAR))
    two_colours, others = OPAQUE + b"\0\0\0\xff", b"\1\1\1\xff" + OPAQUE
    assert shape_of(Look(2, 1, 0, 0, two_colours)) == shape_of(Look(2, 1, 0, 0, others))
    assert shape_of(Look(2, 1, 0, 0, two_colours)) != shape_of(Look(2, 1, 0, 0, 2 * OPAQUE))


def test_looks_reads_every_picture_of_a_file() -> None:
    pictures = [look(24, 24, 1), look(32, 30, 2)]
    assert list(looks(theme_file(*pictures))) == pictures


@pytest.mark.parametrize("cut", range(0, 2400, 7))
def test_looks_of_a_cut_file_are_only_whole_ones(cut: int) -> None:
    pictures = [look(16, 16, 1), look(16, 16, 2)]
    found = list(looks(theme_file(*pictures)[:cut]))
    assert found == pictures[: len(found)]


def test_looks_of_another_file_are_none() -> None:
    assert list(looks(b"GIF89a" + bytes(100))) == []
    assert list(looks(struct.pack("<4s3I", b"Xcur", 0xFFFFFFFF, 0, 0xFFFFFFFF))) == []
    assert list(looks(theme_file(look(2, 2, 1))[:28] + struct.pack("<9I", 0xFFFFFFF0, 1, 1, 1, 2, 2, 0, 0, 0))) == []


def test_theme_knows_a_picture_by_its_own_and_by_inherited_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs, other_size = look(24, 24, 1), look(24, 24, 2), look(32, 32, 3)
    for theme, name, pictures in (
        ("mine", "text", (ours, other_size)),
        ("base", "watch", (theirs,)),
        ("base", "text", (theirs,)),
    ):
        folder = tmp_path / theme / "cursors"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(theme_file(*pictures))
    (tmp_path / "mine" / "index.theme").write_text("[Icon Theme]\nInherits=base, mine,../evil\n")
    monkeypatch.setenv("XCURSOR_PATH", str(tmp_path))
    monkeypatch.setenv("XCURSOR_THEME", "mine")
    found = CursorTheme()
    assert found.glyph_of(ours._replace(name=b"odd")) == GLYPHS["xterm"]
    assert found.glyph_of(theirs) == GLYPHS["watch"], "the nearer theme's text hides the farther one's"
    assert found.glyph_of(other_size) == GLYPHS["xterm"]
    assert found.glyph_of(look(24, 24, 9)) is None
    assert found.glyph_of(look(5, 5, 9)) is None
