"""Questions over the manager's window: may it be done, which label, which keys there are; decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from guid.manager import words
from guid.manager.actions import ACTIONS, OTHER_KEYS
from guid.manager.list import picture
from guid.manager.toolkit import GdkPixbuf, Gtk
from guid.manager.world import Row

SPACE_PX: Final = 12


def confirmed(parent: Any, question: str, consequence: str, button: str) -> bool:
    """Whether the person says yes. button: what yes is called, with its mnemonic. Enter alone says no."""
    dialog = Gtk.MessageDialog(
        transient_for=parent,
        modal=True,
        message_type=Gtk.MessageType.WARNING,
        text=question,
        secondary_text=consequence,
    )
    dialog.add_button("_Cancel", Gtk.ResponseType.CANCEL)
    dialog.add_button(button, Gtk.ResponseType.ACCEPT)
    dialog.set_default_response(Gtk.ResponseType.CANCEL)
    dialog.set_mnemonics_visible(True)
    said = bool(dialog.run() == Gtk.ResponseType.ACCEPT)
    dialog.destroy()
    return said


def choose_label(parent: Any, row: Row, labels: Sequence[Row]) -> str | None:
    """The label that the person chooses, None if none."""
    dialog = Gtk.Dialog(title=f"Label of qube {words.line(row['name'])}", transient_for=parent, modal=True)
    dialog.add_button("_Cancel", Gtk.ResponseType.CANCEL)
    dialog.add_button("Cha_nge", Gtk.ResponseType.ACCEPT)
    dialog.set_default_response(Gtk.ResponseType.ACCEPT)
    store = Gtk.ListStore(str, GdkPixbuf.Pixbuf, str)
    for label in labels:
        store.append(
            (words.line(label["name"]), picture(label), f"{words.line(label['name'])}, {words.line(label['pattern'])}")
        )
    view = Gtk.TreeView(model=store, headers_visible=False, search_column=0)
    view.get_accessible().set_name("Labels")
    view.append_column(Gtk.TreeViewColumn("", Gtk.CellRendererPixbuf(xpad=4), pixbuf=1))
    view.append_column(Gtk.TreeViewColumn("Label", Gtk.CellRendererText(xpad=4), text=2))
    names = [str(label["name"]) for label in labels]
    if row["label"] in names:
        view.set_cursor(names.index(row["label"]))
    view.connect("row-activated", lambda *_: dialog.response(Gtk.ResponseType.ACCEPT))
    dialog.get_content_area().add(view)
    dialog.set_mnemonics_visible(True)
    dialog.show_all()
    view.grab_focus()
    said = dialog.run()
    model, place = view.get_selection().get_selected()
    chosen = str(model[place][0]) if place is not None and said == Gtk.ResponseType.ACCEPT else None
    dialog.destroy()
    return chosen


def show_keys(parent: Any) -> None:
    """All keys, until the person has seen them."""
    dialog = Gtk.Dialog(title="Keys", transient_for=parent, modal=True)
    dialog.add_button("_Close", Gtk.ResponseType.CLOSE)
    grid = Gtk.Grid(column_spacing=2 * SPACE_PX, row_spacing=SPACE_PX // 2, margin=SPACE_PX)
    own = [
        (Gtk.accelerator_get_label(*Gtk.accelerator_parse(each.key)), each.words.replace("_", "")) for each in ACTIONS
    ]
    more = [("Ctrl+E", "Empty the clipboard"), ("Ctrl+Q", "Close the window")]
    for at, (key, what) in enumerate([*OTHER_KEYS, *own, *more]):
        grid.attach(Gtk.Label(label=key, xalign=0.0), 0, at, 1, 1)
        grid.attach(Gtk.Label(label=what, xalign=0.0), 1, at, 1, 1)
    dialog.get_content_area().add(grid)
    dialog.show_all()
    dialog.run()
    dialog.destroy()
