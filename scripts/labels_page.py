"""Writes docs/labels.md and its picture from the labels there are: `python -m scripts.labels_page`."""

from __future__ import annotations

from pathlib import Path

from colors.labels import STANDARD
from colors.palette import COLOURS_APART, pairs
from colors.patterns import LEAST_DIFFERENCE, LEAST_PX, PATTERNS
from colors.picture import write_png
from colors.sheet import draw
from colors.vision import Vision

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE, PICTURE = DOCS / "labels.md", DOCS / "images" / "labels.png"
SCALE = 2

TEXT = """\
# Labels

Written by `python -m scripts.labels_page`, with its picture; `vitrail labels --png FILE` draws the same with labels
of your own.

![Eight labels, each as the frame of a window, and as normal and colour-blind eyes see it](images/labels.png)

A label is what a qube's windows wear: a colour, a pattern of marks, and a name. You choose it (`vitrail create NAME
--label LABEL`, `vitrail set NAME --label LABEL`); nothing in a qube can. Names, numbers and colours are those of
Qubes OS, so that whatever reads `_QUBES_LABEL` and `_QUBES_LABEL_COLOR` there reads them here.

| label | number | colour | pattern |
|---|---|---|---|
{labels}

## Told apart by everybody

Where two colours are too near for somebody, the patterns tell the labels apart. Tests hold both:

* Colours are compared by CIEDE2000 (Sharma, Wu, Dalal 2005), as normal eyes see them and as eyes without one kind of
  cones do (Machado, Oliveira, Fernandes 2009, severity 1.0). Below {apart:.0f} they count as too near. About 1 is
  just seen between two large fields that touch; a frame is thin, and its neighbour lies elsewhere.
* Two patterns differ along {share:.0%} of a side or more, however one is shifted against the other; those of labels
  whose colours are too near differ along more than 45 %.
* Marks are black or white, whichever stands out more: by 4.5 to 1 or more for all of these eyes.

| vision | too near in colour, told apart by their marks |
|---|---|
{near}

## The name tag

The upper side of a window's frame also has the qube's name on it, and a sample of the pattern: black or white letters,
whichever stand out more, at least 7 pixels high (times the desktop's scale). A name that is wider than 320 pixels loses
letters in its middle. The X server paints it, also while the daemon stands still; menus have none. `name_tag = false`
([options.md](options.md)) does without it.

`high_contrast = true` makes frames 10 pixels thick (menus 7) and tags 24 high, with a border in black or white outside
and one inside, whichever stands out more from the label.

## Over what a window shows

`tint_unfocused = 25` ([options.md](options.md)) lays a quarter of the label's colour over what a window shows while it
does not have the focus, and over menus while no window of their qube has it: whose window it is shows everywhere on
it, and where the keys go is where colours are clear. 0 to 60 percent; with 60, black letters on white still stand out
by 3 to 1. It is off unless somebody writes it: the colours of what is tinted are wrong, which matters to whoever looks
at pictures or compares colours in a window beside the one with the focus. Tray icons are never tinted so.

## Harmless patterns

A pattern is the same along all four sides, and stands still. Its marks lie inside the frame: the outermost row of
pixels is always plain, and so is the innermost one where the frame is thick enough, so that nothing a window shows
can run into a mark. No mark and no gap is shorter than {least} pixels (times the desktop's scale), so that nothing
shimmers when a window moves by a pixel; marks are square to the side, because diagonal stripes seem to crawl; at most
half of a side is marks. The frame of a window that fills a screen stays below the solid angle from which stripes are
a hazard (0.006 sr: Harding and others, Epilepsia 46, 2005). `colors/patterns.py` has the arithmetic.

## Labels of your own

`$XDG_CONFIG_HOME/vitrail/labels.toml` (`~/.config/vitrail`, root: `/etc/vitrail`) holds them, 32 at most, a table
each:

```toml
[teal]
color = "0x008080"
pattern = "bars"
```

`pattern` is one of {patterns}. `_QUBES_LABEL` counts on from 9 in the file's order. What is not understood is refused
with its line. `vitrail labels` warns of a label that somebody could take for another one: neither colour nor pattern
tells them apart. Another colour or pattern for a label counts for running qubes when they are told: `vitrail set NAME
--label LABEL`.
"""


def page_text() -> str:
    """The whole page."""
    rows = [
        f"| {label.name} | {label.number} | `#{label.rgb:06X}` | {label.pattern.name}: {label.pattern.words} |"
        for label in STANDARD.values()
    ]
    return TEXT.format(
        labels="\n".join(rows),
        near="\n".join(f"| {vision.value} | {_near(vision)} |" for vision in Vision),
        apart=COLOURS_APART,
        share=LEAST_DIFFERENCE,
        least=LEAST_PX,
        patterns=", ".join(f"`{name}`" for name in PATTERNS),
    )


def _near(vision: Vision) -> str:
    near = [pair for pair in pairs(STANDARD.values()) if pair.vision is vision and not pair.by_colour]
    return ", ".join(f"{pair.one.name} and {pair.other.name} ({pair.colours:.1f})" for pair in near) or "none"


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8")
    sheet = draw(list(STANDARD.values()), scale=SCALE)
    write_png(PICTURE, sheet.pixels, sheet.width, sheet.height)
