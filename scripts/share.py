"""Writes the manual pages and the completion of the command lines: `python -m scripts.share FOLDER`.

FOLDER is laid out as PREFIX/share: man/man1, bash-completion/completions, zsh/vendor-completions (where Debian's
zsh looks below /usr) and fish/vendor_completions.d. Whatever installs Vitrail calls this and copies the folder.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from guid.version import VERSION
from scripts.command_tree import command_tree
from scripts.completion_bash import bash_completion
from scripts.completion_fish import fish_completion
from scripts.completion_zsh import zsh_completion
from scripts.dropin_tree import PROGRAM, dropin_tree
from scripts.man_pages import dropin_page, man_pages


def shared_files() -> dict[str, str]:
    """Path below PREFIX/share → text."""
    trees = (command_tree(), dropin_tree())
    pages = {**man_pages(trees[0], VERSION, _date()), f"{PROGRAM}.1": dropin_page(trees[1], VERSION, _date())}
    return {
        **{f"bash-completion/completions/{each.program}": bash_completion(each) for each in trees},
        **{f"zsh/vendor-completions/_{each.program}": zsh_completion(each) for each in trees},
        **{f"fish/vendor_completions.d/{each.program}.fish": fish_completion(each) for each in trees},
        **{f"man/man1/{name}": text for name, text in pages.items()},
    }


def write_shared(folder: Path) -> list[Path]:
    """Write them all below `folder`; returns what was written."""
    written = []
    for name, text in shared_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _date() -> str:
    """Of the pages; SOURCE_DATE_EPOCH fixes it, as packages that are to be built alike twice want."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    when = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return when.date().isoformat()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m scripts.share FOLDER")
    write_shared(Path(sys.argv[1]))
