"""The list of qubes, a line each; must not know what can be done to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from guid.manager import words
from guid.manager.swatch import swatch
from guid.manager.toolkit import Gdk, GdkPixbuf, GLib, Gtk, Pango
from guid.manager.world import Row, World

NAME, SWATCH, LABEL, STATE, WINDOWS, MEMORY, WEIGHT = range(7)
TYPES: Final = (str, GdkPixbuf.Pixbuf, str, str, str, str, int)
COLUMNS: Final = (("Qube", NAME), ("Label", LABEL), ("State", STATE), ("Windows", WINDOWS), ("Memory", MEMORY))
NUMBERS: Final = frozenset({WINDOWS, MEMORY})
NORMAL, BOLD = 400, 700
DOTS_PER_INCH: Final = 96
PADDING_PX: Final = 4


class QubeList:
    """view: the toolkit's. chosen: called when another qube is; entered: by Enter, or a double click."""

    def __init__(self, chosen: Callable[[], None], entered: Callable[[], None]) -> None:
        self._store = Gtk.ListStore(*TYPES)
        self._places: dict[str, Any] = {}
        self._wanted = ""
        self.view = Gtk.TreeView(model=self._store, enable_search=True, search_column=NAME)
        self.view.get_accessible().set_name("Qubes")
        self.view.get_selection().connect("changed", lambda _selection: self._chosen(chosen))
        self.view.connect("row-activated", lambda *_: entered())
        for title, column in COLUMNS:
            self.view.append_column(_column(title, column))

    def chosen(self) -> str:
        """The name of the qube that is chosen, "" if there is none."""
        model, place = self.view.get_selection().get_selected()
        return str(model[place][NAME]) if place is not None else ""

    def is_searching(self) -> bool:
        """Whether what is typed goes into the search."""
        return not self.view.is_focus() and isinstance(_focused(), Gtk.Entry)

    def draw(self, world: World) -> None:
        """Let the list be as the world is; what is chosen stays."""
        qubes, labels = world.qubes(), world.labels()
        for name in self._places.keys() - qubes.keys():
            self._store.remove(self._places.pop(name))
        for at, (name, row) in enumerate(qubes.items()):
            if name not in self._places:
                self._places[name] = self._store.insert(at)
            self._set(self._places[name], row, labels)
        selection = self.view.get_selection()
        if not self.chosen() and self._places:
            wanted = self._places.get(self._wanted) or self._store.get_iter_first()
            selection.select_iter(wanted)
            self.view.set_cursor(self._store.get_path(wanted))

    def _chosen(self, tell: Callable[[], None]) -> None:
        self._wanted = self.chosen() or self._wanted
        tell()

    def _set(self, place: Any, row: Row, labels: Mapping[str, Row]) -> None:
        """Change what is another: whoever reads the list aloud hears no more than that."""
        texts = (
            words.line(row["name"]),
            words.label(row),
            words.state(row),
            words.windows(row),
            words.size(row["used_bytes"]),
        )
        weight = BOLD if row["state"] in words.ENDED_BADLY else NORMAL
        wanted = {**{column: text for (_, column), text in zip(COLUMNS, texts, strict=True)}, WEIGHT: weight}
        now = self._store[place]
        if now[SWATCH] is None or now[LABEL] != wanted[LABEL]:
            wanted[SWATCH] = picture(labels.get(row["label"]))
        for column, value in wanted.items():
            if now[column] != value:
                self._store.set_value(place, column, value)


def picture(label: Row | None) -> Any:
    """A label's swatch, as large as text is."""
    pixels, width_px, height_px = swatch(label, text_scale())
    alpha, sample_bits, row_bytes = False, 8, 3 * width_px
    kind = GdkPixbuf.Colorspace.RGB
    data = GLib.Bytes.new(pixels)
    return GdkPixbuf.Pixbuf.new_from_bytes(data, kind, alpha, sample_bits, width_px, height_px, row_bytes)


def text_scale() -> int:
    """How much larger than at 96 dots an inch text is; what GTK scales as a whole comes on top of it."""
    screen = Gdk.Screen.get_default()
    return max(1, round(screen.get_resolution() / DOTS_PER_INCH)) if screen is not None else 1


def _column(title: str, column: int) -> Any:
    made = Gtk.TreeViewColumn(title=title)
    made.set_resizable(True)
    if column == LABEL:
        drawn = Gtk.CellRendererPixbuf(xpad=PADDING_PX)
        made.pack_start(drawn, expand=False)
        made.add_attribute(drawn, "pixbuf", SWATCH)
    right = column in NUMBERS
    text = Gtk.CellRendererText(xpad=PADDING_PX, xalign=1.0 if right else 0.0)
    made.set_alignment(1.0 if right else 0.0)
    if column == STATE:
        text.set_property("ellipsize", Pango.EllipsizeMode.END)
        made.set_expand(True)
    made.pack_start(text, expand=True)
    made.add_attribute(text, "text", column)
    made.add_attribute(text, "weight", WEIGHT)
    return made


def _focused() -> Any:
    return next((window.get_focus() for window in Gtk.Window.list_toplevels() if window.has_toplevel_focus()), None)
