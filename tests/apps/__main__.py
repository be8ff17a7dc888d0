"""`python -m tests.apps [WORD…]`: try the programs whose name has one of the words, else all; write docs/apps.md anew.

Ends with 1 if anything failed, 2 if there is none. A run of a part leaves the other rows as they were.
"""

import sys

from tests.apps.case import App
from tests.apps.page import LAST_RUN, PAGE, PICTURES, read_run, write
from tests.apps.pictures import copy
from tests.apps.programs import APPS
from tests.apps.run import OK, desktop, tried
from tests.apps.run import PICTURES as BUILT


def main(words: list[str]) -> int:
    """Returns the exit code."""
    chosen = [app for app in APPS if not words or any(word.lower() in app.slug for word in words)]
    if not chosen:
        sys.stderr.write(f"no program's name has {' or '.join(words)}\n")
        return 2
    run = read_run() if LAST_RUN.exists() else {}
    with desktop() as session:
        said = {app.name: tried(session, app).as_json() for app in chosen}
    copy(chosen, BUILT, PICTURES)
    run = {app.name: (run | said)[app.name] for app in APPS if app.name in run | said}
    if len(run) == len(APPS):
        write(APPS, run)
        sys.stdout.write(f"wrote {PAGE}\n")
    return int(any(_failed(app, said) for app in chosen))


def _failed(app: App, said: dict[str, dict[str, object]]) -> bool:
    return said[app.name]["status"] != OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
