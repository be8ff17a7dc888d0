"""The programs of docs/apps.md, in its order."""

from typing import Final

from tests.apps.case import App
from tests.apps.programs import (
    chromium,
    copyq,
    emacs,
    featherpad,
    glxgears,
    java,
    mousepad,
    mpv,
    texteditor,
    writer,
    xeyes,
    xterm,
    zathura,
)

APPS: Final[tuple[App, ...]] = (
    xterm.APP,
    mousepad.APP,
    texteditor.APP,
    featherpad.APP,
    chromium.APP,
    writer.APP,
    java.APP,
    glxgears.APP,
    mpv.APP,
    xeyes.APP,
    emacs.APP,
    zathura.APP,
    copyq.APP,
)
