"""docs/apps.md, made from the programs and what the last run said of them; tries nothing itself."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.apps.case import App, Column
from tests.harness.processes import ROOT

PAGE: Final = ROOT / "docs" / "apps.md"
LAST_RUN: Final = Path(__file__).with_name("last_run.json")
PICTURES: Final = ROOT / "docs" / "images" / "apps"

HEAD: Final = """# Programs that were tried

Written by `make apps` from its last run; a test holds it equal to that. Each program runs in a local qube of its own: a
real sandbox, supervisor, daemon and agent, on a desktop (Xvfb) with openbox. It is looked at and used from the desktop
alone, as a person would: XTEST types and clicks, the window manager's grip resizes, and what is seen is pixels.

* **opens**: the window comes, its frame is on the screen on all four sides in the qube's colour, no part of it is
  without a picture, and it shows pixel for pixel what the qube's own X server has.
* **menus**, **dialogs**: they come framed and painted, belong to their window, and what is chosen or answered happens.
* **typing**: small letters, capitals and signs arrive, as the program's own file, title or window says.
* **resize**: pulled larger and smaller by the grip, the window is drawn anew and again shows what the qube has.
* **clipboard**: text goes to another qube and comes from it, by the program's own keys and the person's chords.
* n.a.: the program has no such thing. **status** is *ok* if nothing of it failed, and nothing of what is listed below.
"""


def read_run(path: Path = LAST_RUN) -> dict[str, Any]:
    """What the last run said: name → cells, also, figures, status."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def page_text(apps: Sequence[App], run: Mapping[str, Any]) -> str:
    """The whole page. Raises KeyError for a program that the run did not try."""
    return "\n".join([HEAD, *_table(apps, run), "", "## Notes", "", *_notes(apps, run)]) + "\n"


def _table(apps: Sequence[App], run: Mapping[str, Any]) -> Iterator[str]:
    columns = [column.value for column in Column]
    yield f"| program | {' | '.join(columns)} | status |"
    yield f"|---|{'---|' * (len(columns) + 1)}"
    for app in apps:
        said = run[app.name]
        yield f"| {app.name} | {' | '.join(said['cells'][column] for column in columns)} | {said['status']} |"


def _notes(apps: Sequence[App], run: Mapping[str, Any]) -> Iterator[str]:
    for app in apps:
        said = run[app.name]
        more = [f"{name}: {answer}" for name, answer in said["also"].items()]
        more += [f"{figure}" for figure in said["figures"].values()]
        tail = " ".join(part for part in ("; ".join(more) + "." if more else "", app.note) if part)
        yield f"* **{app.name}**: `{shlex.join(app.argv)}`. {tail}".rstrip()
    pictures = [app for app in apps if (PICTURES / f"{app.slug}.png").exists()]
    if pictures:
        yield "\n## Pictures\n"
        for app in pictures:
            yield f"![{app.name} in a blue frame](images/apps/{app.slug}.png)"


def write(apps: Sequence[App], run: Mapping[str, Any]) -> None:
    """Write what the run said, and the page."""
    LAST_RUN.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", "utf-8")
    PAGE.write_text(page_text(apps, run), "utf-8")
