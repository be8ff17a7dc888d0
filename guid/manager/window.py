"""The manager's main window: a list of qubes, what can be done, the clipboard's state, notices; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from guid.manager import words
from guid.manager.actions import ACTIONS, BUTTONS, BY_NAME, ENTER, Action, first_allowed
from guid.manager.dialogs import choose_label, confirmed, show_keys
from guid.manager.list import QubeList, text_scale
from guid.manager.toolkit import Gdk, Gtk
from guid.manager.world import Row, World

WIDTH_PX, HEIGHT_PX = 900, 560
LIST_PX: Final = 240
"""At 96 dots an inch."""
SPACE_PX: Final = 6
MODIFIERS: Final = Gdk.ModifierType.CONTROL_MASK | Gdk.ModifierType.SHIFT_MASK | Gdk.ModifierType.MOD1_MASK
NO_SUPERVISOR: Final = "No supervisor runs, and so no qube. The window goes on by itself when there is one again."


class Doer(Protocol):
    """Who does what the person wants."""

    def do(self, action: Action, row: Row) -> None:
        """To this qube; the person has been asked."""

    def empty_clipboard(self) -> None:
        """Of all qubes."""

    def start_supervisor(self) -> None:
        """There is none."""

    def quit(self) -> None:
        """The window was closed."""


class Window:
    """shown: the toolkit's window, for what lies over it."""

    def __init__(self, doer: Doer) -> None:
        self._doer = doer
        self._world = World()
        self._qubes = QubeList(self._chosen, self._entered)
        self._buttons = [(names, _button(self._click, names)) for names in BUTTONS]
        self._items = {action.name: _item(action.words, action.key, self._act, action) for action in ACTIONS}
        self._about = _wrapped()
        self._clipboard = Gtk.Label(xalign=0.0, selectable=True)
        self._notices = Gtk.TextView(
            editable=False,
            cursor_visible=False,
            accepts_tab=False,
            wrap_mode=Gtk.WrapMode.WORD_CHAR,
            left_margin=SPACE_PX,
        )
        self._notices.get_accessible().set_name("Notices")
        self._urgent = self._notices.get_buffer().create_tag("urgent", weight=700)
        self._told: list[Row] = []
        self._lost = _bar(Gtk.MessageType.WARNING, NO_SUPERVISOR)
        self._lost.add_button("Start _it", Gtk.ResponseType.ACCEPT)
        self._lost.connect("response", lambda *_: doer.start_supervisor())
        self._complaint = _bar(Gtk.MessageType.ERROR, "", closes=True)
        self.shown = Gtk.Window(title="Vitrail: qubes", icon_name="vitrail")
        self.shown.set_default_size(WIDTH_PX * text_scale(), HEIGHT_PX * text_scale())
        self.shown.add(self._laid_out())
        self.shown.connect("key-press-event", self._key)
        self.shown.connect("destroy", lambda _window: doer.quit())
        self.shown.connect("notify::mnemonics-visible", _keep_mnemonics)
        self.shown.set_mnemonics_visible(True)
        self.shown.show_all()
        for bar in (self._lost, self._complaint):
            bar.hide()
        self._qubes.view.grab_focus()

    # What is told

    def draw(self, world: World) -> None:
        """Show all that is known."""
        self._world = world
        self._qubes.draw(world)
        self._clipboard.set_text(words.clipboard(world.clipboard()))
        self._draw_notices(world.notices())
        self._chosen()

    def supervised(self, *, there: bool) -> None:
        """There is a supervisor, or there is none."""
        self._lost.set_visible(not there)
        if not there:
            self._complaint.hide()

    def complain(self, what: object) -> None:
        """Something could not be done."""
        _bar_label(self._complaint).set_text(words.plain(what))
        self._complaint.show()

    def choose_label(self, row: Row, then: Callable[[str], None]) -> None:
        """Let the person choose another label for a qube."""
        chosen = choose_label(self.shown, row, list(self._world.labels().values()))
        if chosen is not None:
            then(chosen)

    def _draw_notices(self, notices: list[Row]) -> None:
        if notices == self._told:
            return
        self._told = notices
        buffer = self._notices.get_buffer()
        buffer.set_text("")
        for each in notices:
            first, body = words.notice(each)
            tags = (self._urgent,) if each["urgent"] else ()
            buffer.insert_with_tags(buffer.get_end_iter(), f"{first}\n", *tags)
            if body:
                buffer.insert(buffer.get_end_iter(), "".join(f"    {line}\n" for line in body.split("\n")))
        buffer.place_cursor(buffer.get_start_iter())

    # What the person does

    def _row(self) -> Row | None:
        return self._world.qubes().get(self._qubes.chosen())

    def _chosen(self) -> None:
        """Another qube is, or it has become another."""
        row = self._row()
        self._about.set_text(words.about(row) if row is not None else "")
        for action in ACTIONS:
            self._items[action.name].set_sensitive(row is not None and action.allowed(row))
        for names, button in self._buttons:
            first = first_allowed(names, row) if row is not None else None
            button.set_sensitive(first is not None)
            button.set_label((first or BY_NAME[names[0]]).words)

    def _entered(self) -> None:
        self._try(ENTER)

    def _click(self, _button: Any, names: Sequence[str]) -> None:
        self._try(names)

    def _act(self, _item: Any, action: Action) -> None:
        self._try([action.name])

    def _try(self, names: Sequence[str]) -> None:
        """Do the first of these that may be done to the chosen qube, after the question if it needs one."""
        row = self._row()
        action = first_allowed(names, row) if row is not None else None
        if row is None or action is None:
            return
        self._complaint.hide()
        if action.question:
            question = action.question.format(name=words.line(row["name"]))
            if not confirmed(self.shown, question, action.consequence, action.words):
                return
            row = self._world.qubes().get(str(row["name"]), row)
        if action.allowed(row):
            self._doer.do(action, row)

    def _key(self, _window: Any, event: Any) -> bool:
        if self._qubes.is_searching():
            return False
        if event.keyval in (Gdk.KEY_F1, Gdk.KEY_question):
            show_keys(self.shown)
            return True
        held = event.state & MODIFIERS
        matching = [each.name for each in ACTIONS if Gtk.accelerator_parse(each.key) == (event.keyval, held)]
        if matching and (held or event.keyval != Gdk.KEY_Delete or self._qubes.view.is_focus()):
            self._try(matching)
            return True
        own = {
            "<Control>e": self._doer.empty_clipboard,
            "<Control>q": self.shown.destroy,
            "<Control>w": self.shown.destroy,
        }
        for key, act in own.items():
            if Gtk.accelerator_parse(key) == (event.keyval, held):
                act()
                return True
        return False

    # What it looks like

    def _laid_out(self) -> Any:
        qubes = _menu("_Qube", [self._items[action.name] for action in ACTIONS])
        empty = _item("_Empty the clipboard", "<Control>e", lambda *_: self._doer.empty_clipboard())
        keys = _item("_Keys", "F1", lambda *_: show_keys(self.shown))
        quit_item = _item("_Quit", "<Control>q", lambda *_: self.shown.destroy())
        bar = Gtk.MenuBar()
        for menu in (qubes, _menu("_Clipboard", [empty]), _menu("_Window", [keys, quit_item])):
            bar.append(menu)
        buttons = Gtk.Box(spacing=SPACE_PX, margin=SPACE_PX)
        for _, button in self._buttons:
            buttons.add(button)
        heading = Gtk.Label(label="_Notices", use_underline=True, xalign=0.0)
        heading.set_mnemonic_widget(self._notices)
        below = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=SPACE_PX, margin=SPACE_PX)
        below.add(self._about)
        below.add(self._clipboard)
        below.add(heading)
        below.pack_start(_scrolled(self._notices), True, True, 0)  # noqa: FBT003 - GTK's own signature
        panes = Gtk.Paned(orientation=Gtk.Orientation.VERTICAL, position=LIST_PX * text_scale())
        panes.pack1(_scrolled(self._qubes.view), True, False)  # noqa: FBT003 - GTK's own signature
        panes.pack2(below, True, False)  # noqa: FBT003 - GTK's own signature
        everything = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        for part in (bar, self._lost, self._complaint, buttons):
            everything.add(part)
        everything.pack_start(panes, True, True, 0)  # noqa: FBT003 - GTK's own signature
        return everything


def _button(click: Callable[..., None], names: Sequence[str]) -> Any:
    made = Gtk.Button(label=BY_NAME[names[0]].words, use_underline=True, focus_on_click=False)
    made.connect("clicked", click, names)
    return made


def _item(label: str, key: str, act: Callable[..., None], *about: Any) -> Any:
    made = Gtk.MenuItem(label=label, use_underline=True)
    made.get_child().set_accel(*Gtk.accelerator_parse(key))
    made.connect("activate", act, *about)
    return made


def _menu(title: str, items: Sequence[Any]) -> Any:
    menu = Gtk.Menu()
    for item in items:
        menu.append(item)
    return Gtk.MenuItem(label=title, use_underline=True, submenu=menu)


def _bar(kind: Any, text: str, *, closes: bool = False) -> Any:
    made = Gtk.InfoBar(message_type=kind)
    made.get_content_area().add(_wrapped(text))
    made.connect("close", lambda bar: bar.hide())
    if closes:
        made.add_button("Cl_ose", Gtk.ResponseType.CLOSE)
        made.connect("response", lambda bar, _response: bar.hide())
    return made


def _bar_label(bar: Any) -> Any:
    return bar.get_content_area().get_children()[0]


def _wrapped(text: str = "") -> Any:
    """A label of plain text: `use_markup` is off, and stays so."""
    return Gtk.Label(label=text, xalign=0.0, wrap=True, selectable=True, max_width_chars=100)


def _scrolled(view: Any) -> Any:
    made = Gtk.ScrolledWindow(shadow_type=Gtk.ShadowType.IN)
    made.add(view)
    return made


def _keep_mnemonics(window: Any, _property: Any) -> None:
    if not window.get_mnemonics_visible():
        window.set_mnemonics_visible(True)
