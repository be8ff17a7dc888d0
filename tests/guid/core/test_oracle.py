"""The oracle on painted pictures: a right desktop passes, and every single lie about it is found by its name."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from colors.labels import STANDARD
from guid.core.geometry import Extents, Rect
from guid.core.marks import Marks, Tag
from guid.core.oracle import NOTHING, Claims, Fault, Node, Owner, Picture, Report, Scene, examine, visible
from guid.core.policy import Desktop
from guid.core.thickness import Style, thickness_at

WORK, MAIL = Owner("work", 0x3465A4, 101), Owner("mail", 0xCC0000, 102)
WM_PID, OTHER_PID = 50, 60
SCREEN = Rect(0, 0, 200, 120)
AREA = Rect(0, 10, 200, 110)
GREY, CONTENT, TAG_RGB = 0x202020, 0x11FF77, 0x654321
MANAGED, POPUP = Extents(3, 3, 3, 3), Extents(2, 2, 2, 2)


def claims_of(owner: Owner) -> Claims:
    return Claims(owner.qube, owner.rgb, other=True)


def window(number: int, pid: int, rect: Rect, *children: Node, **changes: object) -> Node:
    return Node(number, pid, rect, rect, (rect,), children=children)._replace(**changes)  # type: ignore[arg-type]


def shrunk(rect: Rect, extents: Extents) -> Rect:
    return Rect(
        rect.x + extents.left, rect.y + extents.top, rect.width - extents.horizontal, rect.height - extents.vertical
    )


def framed(number: int, owner: Owner, rect: Rect, *, popup: bool = False) -> Node:
    """An outer as the daemon makes it, without the strips, which are as good as the background here."""
    content = window(number + 1, owner.pid, shrunk(rect, POPUP if popup else MANAGED), takes_input=True)
    return window(number, owner.pid, rect, content, override_redirect=popup, claims=claims_of(owner))


def in_wm_frame(outer: Node) -> Node:
    x, y, width, height = outer.rect
    return window(outer.window + 0x500, WM_PID, Rect(x - 1, y - 8, width + 2, height + 9), outer)


@dataclass
class Desk:
    """Windows bottom to top, and what is painted of them."""

    nodes: list[Node]
    managed: set[int] = field(default_factory=set)
    painted: list[tuple[Rect, int]] = field(default_factory=list)
    monitors: tuple[Rect, ...] = ()
    composited: bool = False
    lockers: set[int] = field(default_factory=set)
    owners: tuple[Owner, ...] = (WORK, MAIL)
    tags: dict[str, Tag] = field(default_factory=dict)

    def report(self) -> Report:
        rows = [[GREY] * SCREEN.width for _ in range(SCREEN.height)]
        for node in self.nodes:
            self._paint(rows, node)
        for rect, rgb in self.painted:
            fill(rows, rect, rgb)
        data = b"".join(value.to_bytes(4, "little") for row in rows for value in row)
        root = window(1, 0, SCREEN, *self.nodes)
        picture = Picture(SCREEN.width, SCREEN.height, data)
        desktop = Desktop(SCREEN, AREA, self.monitors)
        managed = frozenset(self.managed)
        lockers = frozenset(self.lockers)
        return examine(Scene(root, picture, desktop, self.owners, managed, self.composited, lockers, tags=self.tags))

    def faults(self) -> list[Fault]:
        return [finding.what for finding in self.report().findings]

    def _paint(self, rows: list[list[int]], node: Node) -> None:
        colours = {WORK.pid: WORK.rgb, MAIL.pid: MAIL.rgb}
        for part in node.shape:
            fill(rows, part, CONTENT if node.takes_input else colours.get(node.pid, 0x777777))
        for child in node.children:
            self._paint(rows, child)


def fill(rows: list[list[int]], rect: Rect, rgb: int) -> None:
    for y in range(max(0, rect.y), min(SCREEN.height, rect.y + rect.height)):
        for x in range(max(0, rect.x), min(SCREEN.width, rect.x + rect.width)):
            rows[y][x] = rgb


MAIN, MENU = Rect(20, 30, 60, 40), Rect(100, 50, 50, 30)


def desk() -> Desk:
    """A managed window in its window manager's frame, and a popup."""
    return Desk([in_wm_frame(framed(0x10, WORK, MAIN)), framed(0x20, WORK, MENU, popup=True)], {0x10})


def test_right_desktop_has_no_finding_and_every_pixel_was_compared() -> None:
    report = desk().report()
    assert report.findings == ()
    assert report.windows == 2
    ring = sum(r.area - shrunk(r, e).area for r, e in ((MAIN, MANAGED), (MENU, POPUP)))
    assert report.visible_px == ring


@pytest.mark.parametrize("rect", [MAIN, MENU])
def test_every_single_wrong_pixel_of_a_frame_is_found_and_none_of_a_content(rect: Rect) -> None:
    interior = shrunk(rect, MANAGED if rect is MAIN else POPUP)
    # one row, one column and the corners stand for all: a side is compared row by row
    spots = [(x, rect.y + 5) for x in range(rect.x - 1, rect.x + rect.width + 1)]
    spots += [(rect.x + 5, y) for y in range(rect.y - 1, rect.y + rect.height + 1)]
    spots += [(rect.x, rect.y), (rect.x + rect.width - 1, rect.y + rect.height - 1)]
    for x, y in spots:
        made = desk()
        made.painted.append((Rect(x, y, 1, 1), 0x123456))
        in_rect = rect.x <= x < rect.x + rect.width and rect.y <= y < rect.y + rect.height
        in_content = interior.x <= x < interior.x + interior.width and interior.y <= y < interior.y + interior.height
        found = made.report().findings
        assert [finding.where for finding in found] == ([Rect(x, y, 1, 1)] if in_rect and not in_content else [])


def test_pixels_under_another_window_are_not_looked_at() -> None:
    made = desk()
    made.nodes.append(window(0x40, OTHER_PID, Rect(10, 10, 30, 110)))
    assert made.report().findings == ()
    assert made.report().visible_px < desk().report().visible_px


def test_pixels_under_a_shape_are_hidden_only_where_the_shape_is() -> None:
    made = desk()
    whole, shape = Rect(0, 0, 200, 120), Rect(20, 30, 60, 1)
    made.nodes.append(window(0x40, OTHER_PID, whole, shape=(shape,)))
    assert made.report().findings == ()
    made.painted.append((Rect(20, 31, 60, 1), 0x777777))
    assert Fault.FRAME_COLOUR in made.faults()


def test_window_that_hides_nothing_hides_nothing() -> None:
    made = desk()
    made.nodes.append(window(0x40, OTHER_PID, SCREEN, hides=False))
    assert made.report().visible_px == desk().report().visible_px
    made.nodes.append(window(0x41, OTHER_PID, SCREEN))
    assert made.report().visible_px == 0


def test_what_the_window_managers_frame_cuts_off_is_not_visible() -> None:
    made = desk()
    frame = made.nodes[0]
    cut = Rect(frame.rect.x, frame.rect.y, frame.rect.width, frame.rect.height - 20)
    path = (window(1, 0, SCREEN, frame._replace(rect=cut)), frame._replace(rect=cut), frame.children[0])
    assert sum(part.area for part in visible(path)) == MAIN.width * (MAIN.height - 19)


def test_sibling_in_the_window_managers_frame_covers() -> None:
    frame = in_wm_frame(framed(0x10, WORK, MAIN))
    button = window(0x60, WM_PID, Rect(20, 30, 5, 5))
    made = Desk([frame._replace(children=(*frame.children, button))], {0x10})
    made.painted.append((button.rect, 0x777777))
    assert made.faults() == []


def _repaint(rect: Rect, rgb: int) -> Callable[[Desk], None]:
    return lambda made: made.painted.append((rect, rgb))


def _change(number: int, **changes: object) -> Callable[[Desk], None]:
    def act(made: Desk) -> None:
        made.nodes = [_changed(node, number, changes) for node in made.nodes]

    return act


def _changed(node: Node, number: int, changes: dict[str, object]) -> Node:
    children = tuple(_changed(child, number, changes) for child in node.children)
    made = node._replace(children=children)
    return made._replace(**changes) if node.window == number else made  # type: ignore[arg-type]


def _add(node: Node) -> Callable[[Desk], None]:
    return lambda made: made.nodes.append(node)


def _split_monitors(made: Desk) -> None:
    made.monitors = (Rect(0, 0, MENU.x + 5, 120), Rect(MENU.x + 5, 0, 200, 120))


def _locker_below(made: Desk) -> None:
    made.nodes.insert(0, window(0xA0, OTHER_PID, SCREEN))
    made.lockers.add(0xA0)


def banner() -> Node:
    return window(0xB0, WORK.pid, Rect(90, 12, 20, 10), override_redirect=True, claims=claims_of(WORK))


def _covered(made: Desk) -> None:
    outer = framed(0x10, WORK, MAIN)
    strip = window(0x13, WORK.pid, Rect(MAIN.x + MAIN.width - 5, MAIN.y, 5, MAIN.height))
    made.nodes[0] = in_wm_frame(outer._replace(children=(*outer.children, strip)))


def _tagged(rgb: int) -> Callable[[Desk], None]:
    """The qube's frames are to have tags, and have this colour there."""

    def tell(made: Desk) -> None:
        style = Style(tag=True)
        made.owners = (WORK._replace(style=style), MAIL)
        px = thickness_at(1.0, style).tag_px
        made.tags["work"] = Tag(8, px, TAG_RGB.to_bytes(4, "little") * 8 * px)
        made.nodes[0] = in_wm_frame(tagged(MAIN, px))
        made.painted.append((Rect(MAIN.x + 3, MAIN.y + 3, 8, px), rgb))

    return tell


def tagged(rect: Rect, px: int) -> Node:
    content = window(0x11, WORK.pid, shrunk(rect, Extents(3, 3, 3 + px, 3)), takes_input=True)
    return window(0x10, WORK.pid, rect, content, claims=claims_of(WORK))


def test_right_tag_is_no_finding() -> None:
    made = desk()
    _tagged(TAG_RGB)(made)
    assert made.faults() == []


def _bare_content(made: Desk) -> None:
    made.nodes.append(window(0x70, WORK.pid, Rect(150, 90, 20, 20), takes_input=True, override_redirect=True))


def _left_to_manager(made: Desk) -> None:
    """The content covers all of its outer, as where the window manager paints the frame."""
    made.owners = (WORK._replace(by_manager=True), MAIL)
    _change(0x11, rect=MAIN, whole=MAIN, shape=(MAIN,))(made)


WIDE = framed(0x10, WORK, MAIN).children[0]._replace(rect=Rect(23, 33, 57, 34), whole=Rect(23, 33, 57, 34))
ALIEN = window(0x80, OTHER_PID, Rect(30, 40, 5, 5))

LIES: list[tuple[str, Callable[[Desk], None], Fault]] = [
    ("no frame at all", _repaint(MENU, CONTENT), Fault.EDGE_COLOUR),
    ("the second row is not the frame's", _repaint(Rect(23, 31, 20, 1), CONTENT), Fault.FRAME_COLOUR),
    ("the frame of another qube", _change(0x20, pid=MAIL.pid, claims=claims_of(MAIL)), Fault.INTRUDED),
    ("another qube's colour", _repaint(Rect(20, 30, 60, 3), MAIL.rgb), Fault.OTHER_LABEL),
    ("no name", _change(0x10, claims=NOTHING), Fault.UNNAMED),
    ("a mark where none belongs", _repaint(Rect(30, 31, 4, 1), 0xFFFFFF), Fault.MARKS),
    ("another qube's name", _change(0x10, claims=Claims("mail", WORK.rgb, other=True)), Fault.MISNAMED),
    ("another colour in the property", _change(0x20, claims=Claims("work", MAIL.rgb, other=True)), Fault.MISNAMED),
    ("content over the right side", _change(0x11, rect=WIDE.rect, shape=(WIDE.rect,)), Fault.REACHES_OUT),
    ("bare content on the root window", _bare_content, Fault.UNNAMED),
    ("popup inside the window manager's frame", _change(0x10, override_redirect=True), Fault.TORN_KIND),
    ("managed window that nobody manages", lambda made: made.managed.clear(), Fault.TORN_KIND),
    ("popup that is managed as well", lambda made: made.managed.add(0x20), Fault.TORN_KIND),
    ("another program's window inside", _change(0x10, children=(ALIEN,)), Fault.INTRUDED),
    ("another program's window passes for a qube's", _add(ALIEN._replace(claims=claims_of(WORK))), Fault.FOREIGN),
    ("window manager's frame in another colour", _left_to_manager, Fault.MANAGER_FRAME),
    ("popup over the panel", _add(framed(0x90, WORK, Rect(150, 0, 20, 20), popup=True)), Fault.OFF_WORK_AREA),
    ("popup on the seam of two monitors", _split_monitors, Fault.OFF_MONITORS),
    ("popup above a screen locker", _locker_below, Fault.OVER_LOCKER),
    ("popup above its qube's banner", lambda made: made.nodes.insert(0, banner()), Fault.OVER_BANNER),
    ("frame over the content", _covered, Fault.COVERED),
    ("name tag that was never drawn", _tagged(WORK.rgb), Fault.NO_TAG),
    ("another name on the tag", _tagged(0x123456), Fault.TAG),
    ("popup over everything", _add(framed(0x90, WORK, AREA, popup=True)), Fault.TOO_LARGE),
]


@pytest.mark.parametrize(("tell", "fault"), [lie[1:] for lie in LIES], ids=[lie[0] for lie in LIES])
def test_every_lie_is_found_by_its_name(tell: Callable[[Desk], None], fault: Fault) -> None:
    made = desk()
    tell(made)
    assert fault in made.faults()


def left_to_manager(*painted: tuple[Rect, int]) -> Desk:
    """The window manager's frame in the label's colour, one pixel thick; its title bar above has another."""
    made = desk()
    _left_to_manager(made)
    x, y, width, height = MAIN
    made.painted += [(Rect(x - 1, y - 1, width + 2, height + 2), WORK.rgb), (MAIN, CONTENT), *painted]
    return made


def test_frame_of_the_window_manager_counts_where_it_has_the_colour() -> None:
    report = left_to_manager().report()
    assert report.findings == ()
    assert report.visible_px == 2 * (MAIN.width + MAIN.height) + MENU.area - shrunk(MENU, POPUP).area
    not_by_manager = left_to_manager()
    not_by_manager.owners = (WORK, MAIL)
    assert Fault.EDGE_COLOUR in not_by_manager.faults()
    assert Fault.REACHES_OUT in not_by_manager.faults()


@pytest.mark.parametrize(
    "pixel", [(19, 30), (19, 69), (80, 45), (20, 29), (79, 29), (50, 70)], ids=lambda pixel: f"{pixel[0]}-{pixel[1]}"
)
def test_one_wrong_pixel_of_the_only_line_of_a_side_is_found(pixel: tuple[int, int]) -> None:
    made = left_to_manager((Rect(*pixel, 1, 1), 0x123456))
    assert made.faults() == [Fault.MANAGER_FRAME]
    made.nodes.append(window(0x90, OTHER_PID, Rect(*pixel, 1, 1)))
    assert made.faults() == [], "nobody sees it"


def test_line_of_the_colour_anywhere_in_the_title_bar_is_enough() -> None:
    x, y, width, _height = MAIN
    assert left_to_manager((Rect(x, y - 1, width, 1), 0x777777)).faults() == [Fault.MANAGER_FRAME]
    edged = left_to_manager((Rect(x, y - 1, width, 1), 0x777777), (Rect(x, y - 8, width, 1), WORK.rgb))
    assert edged.faults() == []


def test_window_without_any_frame_of_the_window_managers_is_found() -> None:
    made = left_to_manager()
    made.nodes[0] = made.nodes[0].children[0]
    assert made.faults() == [Fault.MANAGER_FRAME] * 4


def test_every_fault_has_a_lie_that_shows_it() -> None:
    assert {fault for _name, _tell, fault in LIES} == set(Fault)


def test_daemons_own_sign_wears_the_label_and_may_lie_over_the_panel() -> None:
    sign = window(0x90, WORK.pid, Rect(100, 0, 60, 14), override_redirect=True, claims=claims_of(WORK))
    made = desk()
    made.nodes.append(sign)
    made.painted.append((sign.rect, WORK.rgb))
    assert made.faults() == []
    assert made.report().windows == 2
    made.painted.append((Rect(100, 0, 1, 14), CONTENT))
    assert set(made.faults()) == {Fault.EDGE_COLOUR}
    made.nodes[-1] = sign._replace(claims=NOTHING)
    assert Fault.UNNAMED in made.faults()


def test_several_popups_count_together() -> None:
    halves = [Rect(0, 10, 100, 110), Rect(100, 10, 100, 110)]
    made = Desk([framed(0x20 + 2 * n, WORK, half, popup=True) for n, half in enumerate(halves)])
    assert made.faults() == [Fault.TOO_LARGE]
    made = Desk([framed(0x20, WORK, halves[0], popup=True), framed(0x22, MAIL, halves[1], popup=True)])
    assert made.faults() == []


def test_edges_outside_every_monitor_are_not_visible() -> None:
    made = desk()
    made.monitors = (Rect(0, 0, 50, 120), Rect(90, 0, 110, 120), Rect(100, 0, 50, 50))
    made.painted.append((Rect(60, 30, 10, 3), CONTENT))
    report = made.report()
    assert report.findings == ()
    left_part = Rect(MAIN.x, MAIN.y, 30, MAIN.height)
    inner = Rect(MAIN.x + 3, MAIN.y + 3, 27, MAIN.height - 6)
    assert report.visible_px == left_part.area - inner.area + MENU.area - shrunk(MENU, POPUP).area


def test_popup_that_lies_on_no_monitor_at_all_is_found() -> None:
    made = desk()
    made.monitors = (Rect(0, 0, 90, 120),)
    assert made.faults() == [Fault.OFF_MONITORS]
    made.nodes = [node._replace(rect=Rect(-500, 0, 50, 30)) if node.window == 0x20 else node for node in made.nodes]
    assert made.faults() == []  # off the screen altogether: programs hide popups so


def test_shadow_of_a_window_above_is_taken_for_what_it_is_only_where_a_compositor_lets_it_fall() -> None:
    near = Rect(20, 30, 6, 1)

    def shadowed(rgb: int, *, composited: bool = True, above: bool = True, where: Rect = near) -> Desk:
        made = desk()
        made.composited = composited
        other = window(0x90, OTHER_PID, Rect(26, 20, 20, 20))
        made.nodes.insert(len(made.nodes) if above else 0, other)
        made.painted.append((where, rgb))
        return made

    half = 0x1A3252
    assert shadowed(half).faults() == []
    assert shadowed(half, composited=False).faults() == [Fault.EDGE_COLOUR]
    assert shadowed(half, above=False).faults() == [Fault.EDGE_COLOUR]
    assert shadowed(MAIL.rgb).faults() == [Fault.OTHER_LABEL]
    assert shadowed(0x0A1420).faults() == [Fault.EDGE_COLOUR], "too dark for a shadow"
    far = Rect(MENU.x + MENU.width - 5, MENU.y, 5, 1)
    assert shadowed(half, where=far).faults() == [Fault.EDGE_COLOUR]


def test_locker_or_banner_above_a_popup_is_right_and_another_qubes_banner_is_no_matter() -> None:
    made = desk()
    made.nodes += [banner(), window(0xA0, OTHER_PID, SCREEN)]
    made.lockers.add(0xA0)
    assert made.faults() == []
    other = desk()
    other.nodes.insert(0, banner()._replace(pid=MAIL.pid, claims=claims_of(MAIL)))
    other.painted.append((banner().rect, MAIL.rgb))
    assert other.faults() == []
    locked = desk()
    locked.nodes.insert(0, window(0xA0, OTHER_PID, SCREEN))
    assert locked.faults() == [], "not every window of another program is a locker"


def test_two_qubes_of_one_colour_are_told_apart_by_process() -> None:
    twin = Owner("twin", WORK.rgb, 103)
    node = framed(0x20, twin, MENU, popup=True)
    stolen = node._replace(claims=claims_of(WORK))
    root = window(1, 0, SCREEN, stolen)
    picture = Picture(SCREEN.width, SCREEN.height, WORK.rgb.to_bytes(4, "little") * SCREEN.area)
    report = examine(Scene(root, picture, Desktop(SCREEN, AREA), (WORK, twin), frozenset()))
    assert [(finding.qube, finding.what) for finding in report.findings] == [("twin", Fault.MISNAMED)]


def test_window_smaller_than_its_frame_is_all_frame() -> None:
    tiny = Rect(100, 50, 4, 3)
    content = window(0x21, WORK.pid, Rect(102, 52, 1, 1), takes_input=True)
    strips = window(0x22, WORK.pid, Rect(102, 50, 2, 120)), window(0x23, WORK.pid, Rect(100, 51, 120, 2))
    node = window(0x20, WORK.pid, tiny, content, *strips, override_redirect=True, claims=claims_of(WORK))
    made = Desk([node], painted=[(tiny, WORK.rgb)])
    assert made.faults() == []
    assert made.report().visible_px == tiny.area
    made.nodes = [node._replace(children=(content,))]
    assert made.faults() == [Fault.REACHES_OUT]


def test_finding_reads_as_a_sentence() -> None:
    made = desk()
    made.painted.append((Rect(20, 30, 1, 1), 0x123456))
    assert str(made.report().findings[0]) == (
        "window 0x10 of qube work has another colour in its outermost row, at 20,30 1x1"
        " (top: 1 pixels, the first 0x123456 instead of 0x3465a4)"
    )


def test_marks_of_a_label_belong_where_they_are_and_nowhere_else() -> None:
    """The same picture is right for the label that has these marks, and wrong for another of its colour."""
    owner = WORK._replace(pattern=STANDARD["blue"].pattern)
    node = framed(0x10, owner, MAIN)
    marks = Marks(owner.rgb, 0xFFFFFF, owner.pattern, MAIN, MANAGED)
    rows = [marks.row(MAIN.x, MAIN.y + y, MAIN.width) for y in range(MAIN.height)]
    painted = [
        (Rect(MAIN.x + x, MAIN.y + y, 1, 1), int.from_bytes(row[4 * x : 4 * x + 4], "little"))
        for y, row in enumerate(rows)
        for x in range(MAIN.width)
    ]
    assert Desk([in_wm_frame(node)], {0x10}, painted=painted, owners=(owner, MAIL)).faults() == []
    for other in (WORK, owner._replace(pattern=STANDARD["gray"].pattern)):
        faults = Desk([in_wm_frame(node)], {0x10}, painted=painted, owners=(other, MAIL)).faults()
        assert set(faults) == {Fault.MARKS}
