"""LibreOffice Writer with its own toolkit's drawing."""

from tests.apps.case import App, Column
from tests.apps.clipboard import exchanges
from tests.apps.probes import at, dialog_opens_file, file_text, no_popups, opens, popup, resizes, types
from tests.apps.seat import Seat

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop>
<prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product">
<prop oor:name="LastTimeGetInvolvedShown" oor:op="fuse"><value>9999999999</value></prop>
<prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>7.4</value></prop></item>
<item oor:path="/org.openoffice.Setup/Office/Factories/org.openoffice.Setup:Factory['com.sun.star.text.TextDocument']">
<prop oor:name="ooSetupFactoryWindowAttributes" oor:op="fuse"><value>120,80,1000,640;1;0,0,0,0;</value></prop></item>
</oor:items>
"""
"""As after an earlier start: no greetings, and a window of 1000x640 px."""
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:p>{}</text:p></office:text>
</office:body></office:document>
"""
TYPED = "Hello, Vitrail 42 "


def menu(seat: Seat) -> None:
    """Edit > Select All, by the pointer and a letter; the text changes its colours."""
    main = seat.activate()
    before = seat.still()
    found = popup(seat, lambda: seat.mouse.click(*at(main, 20, 10)))
    seat.photograph("menu")
    seat.hover(found, 60, 40, by_px=100)
    seat.keyboard.press("Right")  # Edit
    seat.until(lambda: [each for each in seat.popups() if each.xid != found.xid], "the next menu")
    seat.keyboard.type("a")
    no_popups(seat)
    seat.changes(before)
    seat.keyboard.press("Right")


APP = App(
    name="LibreOffice Writer",
    packages=("libreoffice-writer", "xclip"),
    argv=("soffice", "--writer", "--norestore", "letter.fodt"),
    title="LibreOffice Writer",
    files={
        "letter.fodt": DOCUMENT.format("Dear reader"),
        "other.fodt": DOCUMENT.format("Another"),
        ".config/libreoffice/4/user/registrymodifications.xcu": SETTINGS,
    },
    probes={
        Column.OPENS: opens(least_colours=8),
        Column.TYPING: types(TYPED, read=file_text("letter.fodt"), before="ctrl+Home", after="ctrl+s"),
        Column.CLIPBOARD: exchanges(
            copies="ctrl+Home shift+End ctrl+c",
            copied=TYPED + "Dear reader",
            pastes="ctrl+End ctrl+v",
            keeps="ctrl+s",
            read=lambda seat: file_text("letter.fodt")(seat).replace("&lt;", "<"),
        ),
        Column.MENUS: menu,
        Column.RESIZE: resizes(),
        Column.DIALOGS: dialog_opens_file("ctrl+o", "/home/user/other.fodt", "other.fodt"),
    },
)
