"""Every setting of guid.conf and every option of `vitrail-guid` for windows, by what is seen of it at the desktop."""

import contextlib
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from Xlib import X, Xatom
from Xlib.error import BadWindow

from colors.icon import SIDES_PX
from guid.clipboard.store import BASE, SOURCE
from guid.core.guidconf import KEYS
from guid.core.options import DEFAULT_OPTIONS
from guid.dropin.arguments import TABLE
from guid.dropin.serving import label_of
from protocol.extensions import Feature
from protocol.formats import Scale as ScaleBody
from protocol.messages import MessageType
from tests.harness.icons import argb_words, drawn, icons_of, of_label
from tests.harness.pixels import region, screenshot
from tests.harness.playedtray import PlayedTray
from tests.harness.png import SIGNATURE, chunk, header, png_of
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Four, Person
from tests.integration.dropin_desk import Qubes

pytestmark = pytest.mark.desktop

CONTENT: Four = (100, 150, 300, 200)
CTRL, SHIFT, X_KEY, C_KEY, A_KEY, ESCAPE, SUPER = 37, 50, 53, 54, 38, 9, 133
FULLSCREEN = 1


@pytest.fixture(scope="module")
def person(desktop: XServer) -> Iterator[Person]:
    with contextlib.closing(Person(desktop.name)) as found:
        yield found


@pytest.fixture
def qubes(person: Person, tmp_path: Path) -> Iterator[Qubes]:
    with Qubes(person, tmp_path) as made:
        yield made


def of_all(line: str) -> str:
    return f"global: {{ {line} }};"


def title(qubes: Qubes) -> bytes:
    """What a window is called that calls itself so."""
    remote, xid = qubes.show(CONTENT)
    qubes.agent.send(MessageType.WMNAME, remote, "Grüße".encode().ljust(128, b"\0"))
    return wait_until(lambda: name if b"Gr" in (name := qubes.person.property(xid, "WM_NAME")) else b"", what="a title")


def states(qubes: Qubes, xid: int) -> set[str]:
    return {qubes.person.x.get_atom_name(atom) for atom in qubes.person.numbers(xid, "_NET_WM_STATE")}


def chord(person: Person, *codes: int) -> None:
    for code in codes:
        person.key(code, down=True)
    for code in reversed(codes):
        person.key(code, down=False)


# Windows


@pytest.mark.parametrize(
    ("settings", "words", "expected"),
    [
        ("", (), "Grüße"),
        ("allow_utf8_titles = false;", (), "Gr__e"),
        ("title_name = true;", (), "[work] Grüße"),
        ("title_name = false;", ("-T",), "[work] Grüße"),
    ],
)
def test_titles_are_as_they_are_set(qubes: Qubes, settings: str, words: tuple[str, ...], expected: str) -> None:
    qubes.foreground(*words, settings=of_all(settings))
    assert title(qubes) == expected.encode()


@pytest.mark.parametrize(("settings", "top_px"), [("", 19), ("name_tag = false;", 3), ("high_contrast = true;", 34)])
def test_frames_name_the_qube_unless_they_are_not_to(qubes: Qubes, settings: str, top_px: int) -> None:
    qubes.foreground(settings=of_all(settings))
    _, xid = qubes.show(CONTENT)
    insets = {child.get_geometry().y for child in qubes.person.window(xid).query_tree().children}
    assert top_px in insets


@pytest.mark.parametrize(
    ("settings", "words", "popup"),
    [
        ('override_redirect = "disabled";', (), False),
        ("", ("--override-redirect=disabled",), False),
        ('override_redirect = "disabled";', ("--override-redirect=allow",), True),
    ],
)
def test_popups_are_the_window_managers_if_they_are_disabled(
    qubes: Qubes,
    settings: str,
    words: tuple[str, ...],
    popup: bool,  # noqa: FBT001 - pytest's way
) -> None:
    qubes.foreground(*words, settings=of_all(settings))
    _, xid = qubes.show(CONTENT, popup=True)
    assert bool(qubes.person.window(xid).get_attributes().override_redirect) is popup


@pytest.mark.parametrize(("protection", "popup"), [("true", False), ("false", True)])
def test_popup_over_everything_is_one_only_without_protection(
    qubes: Qubes,
    protection: str,
    popup: bool,  # noqa: FBT001 - pytest's way
) -> None:
    qubes.foreground(settings=of_all(f"override_redirect_protection = {protection};"))
    screen = qubes.person.root.get_geometry()
    _, xid = qubes.show((0, 0, screen.width, screen.height), popup=True)
    assert bool(qubes.person.window(xid).get_attributes().override_redirect) is popup


@pytest.mark.parametrize(("limit", "lives"), [(3, True), (2, False)])
def test_windows_are_counted_by_the_section_of_the_qube(
    qubes: Qubes,
    limit: int,
    lives: bool,  # noqa: FBT001 - pytest's way
) -> None:
    child = qubes.foreground(
        settings=of_all("windows_count_limit = 1;") + f"VM: {{ work: {{ windows_count_limit = {limit}; }}; }};"
    )
    remotes = [0x500000 + number for number in range(3)]
    for remote in remotes:
        qubes.agent.create(remote, CONTENT)
    if lives:
        wait_until(lambda: all(qubes.outer(remote, mapped=False) for remote in remotes), what="three windows")
        assert child.alive
    else:
        assert child.wait() == 3
        assert "windows" in child.output()


@pytest.fixture(scope="module")
def painter() -> Iterator[Person]:
    """At a desktop whose window manager paints frames in the colours of labels."""
    with (
        XServer(800, 600) as server,
        WindowManager("awesome", server.name),
        contextlib.closing(Person(server.name)) as found,
    ):
        yield found


@pytest.mark.parametrize(
    ("settings", "words", "ours"),
    [
        ("", (), True),
        ('frame = "wm";', (), False),
        ('frame = "wm";', ("--frame=own",), True),
        ("", ("--frame=wm",), False),
    ],
)
def test_window_manager_paints_the_frame_where_it_is_left_to_it(
    painter: Person, tmp_path: Path, settings: str, words: tuple[str, ...], *, ours: bool
) -> None:
    with Qubes(painter, tmp_path) as qubes:
        qubes.foreground("-c", "0xcc0000", *words, settings=of_all(settings))
        _remote, xid = qubes.show(CONTENT)

        def content() -> tuple[int, int]:
            child = painter.window(xid).query_tree().children[0 if ours else -1].get_geometry()
            return child.x, child.y

        wait_until(
            lambda: (min(content()) == 3) is ours and (content() == (0, 0)) is not ours, what="the content in its place"
        )

        def painted() -> bool:
            x, y, _width, height = painter.outer(xid)
            return bool(np.all(region(painter.picture(), (x - 1, y, 1, height)) == 0xCC0000))

        wait_until(painted, what="a frame of the window manager's")


@pytest.mark.parametrize(("color", "rgb"), [("0x102030", 0x102030), ("forest green", 0x228B22)])
def test_window_without_a_picture_has_the_background_that_is_set(qubes: Qubes, color: str, rgb: int) -> None:
    qubes.foreground("-c", "blue", settings=of_all(f'window_background_color = "{color}";'))
    remote = 0x500001
    qubes.agent.create(remote, CONTENT)
    qubes.agent.send(MessageType.WINDOW_HINTS, remote, 1, *[0] * 8)
    qubes.agent.map(remote)
    xid = wait_until(lambda: qubes.outer(remote, mapped=True), what="the window")

    def shown() -> bool:
        x, y, width, height = qubes.person.outer(xid)
        picture = qubes.person.picture()
        edge = region(picture, (x, y, width, 1))
        middle = region(picture, (x + width // 3, y + height // 3, width // 3, height // 3))
        return bool(np.all(middle == rgb) and np.all(edge == 0x0000FF))

    wait_until(shown, what="the background, and the frame in the colour that was named")


@pytest.mark.parametrize(
    ("allowed", "state"), [("true", "_NET_WM_STATE_FULLSCREEN"), ("false", "_NET_WM_STATE_MAXIMIZED_VERT")]
)
def test_fullscreen_is_granted_if_it_is_allowed(qubes: Qubes, allowed: str, state: str) -> None:
    qubes.foreground(settings=of_all(f"allow_fullscreen = {allowed};"))
    remote, xid = qubes.show(CONTENT)
    qubes.agent.send(MessageType.WINDOW_FLAGS, remote, FULLSCREEN, 0)
    wait_until(lambda: state in states(qubes, xid), what=state)
    assert ("_NET_WM_STATE_FULLSCREEN" in states(qubes, xid)) is (allowed == "true")


def on_screen(qubes: Qubes) -> set[int]:
    """The visible windows that lie on the root window."""
    found = set()
    for each in qubes.person.tree():
        with contextlib.suppress(BadWindow):  # frames come and go meanwhile
            if each.get_attributes().map_state == X.IsViewable:
                found.add(int(each.id))
    return found


def test_fullscreen_ends_by_the_keys_that_are_set(qubes: Qubes) -> None:
    qubes.foreground(settings=of_all('allow_fullscreen = true; leave_fullscreen_sequence = "Ctrl-Escape";'))
    remote, xid = qubes.show(CONTENT)
    qubes.person.activate(xid)
    before = on_screen(qubes)
    qubes.agent.send(MessageType.WINDOW_FLAGS, remote, FULLSCREEN, 0)
    wait_until(lambda: "_NET_WM_STATE_FULLSCREEN" in states(qubes, xid), what="fullscreen")
    wait_until(lambda: on_screen(qubes) - before, what="the banner that names the keys")
    chord(qubes.person, SUPER, SHIFT, ESCAPE)
    chord(qubes.person, CTRL, ESCAPE)
    wait_until(lambda: "_NET_WM_STATE_FULLSCREEN" not in states(qubes, xid), what="the end of fullscreen")


@pytest.mark.parametrize(
    ("settings", "words"),
    [('screensaver_name = ["a", "vlock"];', ()), ('screensaver_name = "b";', ("--screensaver-name=vlock",))],
)
def test_no_popup_lies_above_the_locker_that_is_named(qubes: Qubes, settings: str, words: tuple[str, ...]) -> None:
    qubes.foreground(*words, settings=of_all(settings))
    root = qubes.person.root
    locker = root.create_window(0, 0, 700, 500, 0, X.CopyFromParent, background_pixel=0x00FFFF, override_redirect=True)
    locker.set_wm_class("vlock", "Locker")
    locker.map()
    qubes.person.x.sync()
    try:
        _, xid = qubes.show(CONTENT, popup=True)
        order = [window.id for window in qubes.person.tree()]
        assert order.index(xid) < order.index(locker.id)
    finally:
        locker.destroy()
        qubes.person.x.sync()


def test_scale_that_is_set_is_told_to_an_agent_that_can_scale(qubes: Qubes) -> None:
    """What programs make of it: tests/integration/test_agent_scale.py."""
    qubes.foreground(settings=of_all("scale = 2.0;"))
    qubes.agent.send(MessageType.EXT_HELLO, 0, 1, Feature.SCALE)
    told = qubes.agent.expect(MessageType.SCALE).body
    assert isinstance(told, ScaleBody)
    assert told.dpi_1024 == 192 * 1024


# Keys


def test_keys_come_later_by_up_to_the_delay_that_is_set(qubes: Qubes) -> None:
    qubes.foreground(settings=of_all("events_max_delay = 800;"))
    remote, xid = qubes.show(CONTENT)
    qubes.person.activate(xid)
    qubes.agent.expect(MessageType.FOCUS, remote)
    before = len(qubes.agent.received)
    began = time.monotonic()
    qubes.person.type(*[A_KEY] * 5)

    def keys() -> int:
        qubes.agent.poll()
        return sum(each.type == MessageType.KEYPRESS for each in qubes.agent.received[before:])

    wait_until(lambda: keys() == 10, what="all keys")
    # Each waits for a time between 0 and 0.8 s that is drawn for it, and none overtakes another: that all of ten draws
    # are below 0.15 s happens once in 10^7 runs.
    assert time.monotonic() - began > 0.15


# Clipboard


def stored(qubes: Qubes) -> bytes:
    """The global clipboard's text; b"" if it is empty."""
    folder = qubes.runtime / "vitrail" / "clipboard"
    source = folder / f"{BASE}{SOURCE}"
    if not source.exists() or not source.read_bytes():
        return b""
    return (folder / BASE).read_bytes()


def copies(qubes: Qubes, remote: int, keys: tuple[int, ...], text: bytes) -> None:
    before = len(qubes.agent.received)
    chord(qubes.person, *keys)
    qubes.agent.expect(MessageType.CLIPBOARD_REQ, remote, after=before)
    qubes.agent.send(MessageType.CLIPBOARD_DATA, remote, tail=text)


def focused(qubes: Qubes) -> int:
    remote, xid = qubes.show(CONTENT)
    qubes.person.activate(xid)
    qubes.agent.expect(MessageType.FOCUS, remote)
    return remote


@pytest.mark.parametrize(
    ("settings", "words"),
    [("max_clipboard_size = 256;", ()), ("max_clipboard_size = 900;", ("--max-clipboard-size=256",))],
)
def test_longer_text_than_is_set_is_not_copied(qubes: Qubes, settings: str, words: tuple[str, ...]) -> None:
    child = qubes.foreground(*words, settings=of_all(settings))
    remote = focused(qubes)
    copies(qubes, remote, (CTRL, SHIFT, C_KEY), b"x" * 256)
    wait_until(lambda: stored(qubes) == b"x" * 256, what="a text that is not too long")
    copies(qubes, remote, (CTRL, SHIFT, C_KEY), b"y" * 257)
    wait_until(lambda: "too large" in child.output(), what="the word on one that is")
    assert stored(qubes) == b"x" * 256


def test_copy_and_paste_are_on_the_keys_that_are_set(qubes: Qubes) -> None:
    lines = 'secure_copy_sequence = "Ctrl-x"; secure_paste_sequence = "Mod4-a"; clipboard_keep = true;'
    qubes.foreground(settings=of_all(lines))
    remote = focused(qubes)
    chord(qubes.person, CTRL, SHIFT, C_KEY)  # it means nothing now
    copies(qubes, remote, (CTRL, X_KEY), b"text")
    wait_until(lambda: stored(qubes) == b"text", what="the copy")
    requests = [each for each in qubes.agent.received if each.type == MessageType.CLIPBOARD_REQ]
    assert len(requests) == 1
    for _ in range(2):  # it stays, as clipboard_keep says
        before = len(qubes.agent.received)
        chord(qubes.person, SUPER, A_KEY)
        assert qubes.agent.expect(MessageType.CLIPBOARD_DATA, after=before).tail == b"text"


def test_copied_text_leaves_after_the_seconds_that_are_set(qubes: Qubes) -> None:
    qubes.foreground(settings=of_all("clipboard_clear_seconds = 1;"))
    copies(qubes, focused(qubes), (CTRL, SHIFT, C_KEY), b"text")
    wait_until(lambda: stored(qubes) == b"text", what="the copy")
    wait_until(lambda: stored(qubes) == b"", what="its end")


def test_pasted_text_is_taken_back_after_the_seconds_that_are_set(qubes: Qubes) -> None:
    qubes.foreground(settings=of_all('clipboard_forget_seconds = 1; secure_paste_sequence = "Ctrl-Shift-x";'))
    copies(qubes, focused(qubes), (CTRL, SHIFT, C_KEY), b"text")
    wait_until(lambda: stored(qubes) == b"text", what="the copy")
    before = len(qubes.agent.received)
    chord(qubes.person, CTRL, SHIFT, X_KEY)
    assert qubes.agent.expect(MessageType.CLIPBOARD_DATA, after=before).tail == b"text"
    assert qubes.agent.expect(MessageType.CLIPBOARD_DATA, after=len(qubes.agent.received)).tail == b""


RULES = {
    "ask": ("qubes.ClipboardPaste * @anyvm @anyvm ask\n", True),
    "deny": ("qubes.ClipboardPaste * work @anyvm deny\nqubes.ClipboardPaste * @anyvm @anyvm ask\n", False),
    "tag": ("qubes.ClipboardPaste * @tag:x @anyvm allow\nqubes.ClipboardPaste * @anyvm @anyvm ask\n", False),
    "type": ("qubes.ClipboardPaste * work @type:AppVM allow\nqubes.ClipboardPaste * @anyvm @anyvm ask\n", False),
    "unclear": ("what is this\n", False),
}


@pytest.mark.parametrize("kind", RULES)
def test_paste_goes_by_the_rules_of_qubes(qubes: Qubes, kind: str) -> None:
    """A question is answered by the keys; a rule that cannot be kept, or is not understood, is a refusal."""
    text, given = RULES[kind]
    (qubes.folder / "policy.d").mkdir()
    (qubes.folder / "policy.d" / "30-user.policy").write_text(text)
    lines = 'secure_paste_sequence = "Ctrl-Shift-x";'
    child = qubes.foreground("--policy-folder", str(qubes.folder), settings=of_all(lines))
    remote = focused(qubes)
    copies(qubes, remote, (CTRL, SHIFT, C_KEY), b"text")
    wait_until(lambda: stored(qubes) == b"text", what="the copy")
    before = len(qubes.agent.received)
    chord(qubes.person, CTRL, SHIFT, X_KEY)
    if given:
        assert qubes.agent.expect(MessageType.CLIPBOARD_DATA, after=before).tail == b"text"
    else:
        wait_until(lambda: "denied" in child.output(), what="the refusal")
        assert {"tag": "@tag:x", "type": "@type:AppVM"}.get(kind, "") in child.output()
        qubes.agent.poll()
        assert not any(each.type == MessageType.CLIPBOARD_DATA for each in qubes.agent.received[before:])


@pytest.mark.parametrize(
    ("rules", "given"), [("", False), ('[[rule]]\nsource = "work"\ntarget = "*"\naction = "allow"\n', True)]
)
def test_paste_in_a_guivm_needs_rules_of_the_person(
    qubes: Qubes,
    rules: str,
    given: bool,  # noqa: FBT001 - pytest's way
) -> None:
    """dom0's cannot be read there, and may say no."""
    (qubes.folder / "qubes-service").mkdir()
    (qubes.folder / "qubes-service" / "guivm").touch()
    if rules:
        file = qubes.folder / "config" / "vitrail" / "clipboard.toml"
        file.parent.mkdir(parents=True)
        file.write_text(rules)
    child = qubes.foreground(settings=of_all('secure_paste_sequence = "Ctrl-Shift-x";'))
    remote = focused(qubes)
    copies(qubes, remote, (CTRL, SHIFT, C_KEY), b"text")
    wait_until(lambda: stored(qubes) == b"text", what="the copy")
    before = len(qubes.agent.received)
    chord(qubes.person, CTRL, SHIFT, X_KEY)
    if given:
        assert qubes.agent.expect(MessageType.CLIPBOARD_DATA, after=before).tail == b"text"
    else:
        wait_until(lambda: "the rules of dom0 are not here" in child.output(), what="the refusal")
        qubes.agent.poll()
        assert not any(each.type == MessageType.CLIPBOARD_DATA for each in qubes.agent.received[before:])


CLIENT = """#!/bin/sh
printf '%s\\n' "$*" >> {folder}/calls
printf 'by service'
"""


@pytest.mark.parametrize(("words", "called"), [(("-Q",), "work"), (("-t", "9"), "work"), ((), "")])
def test_clipboard_goes_by_services_if_asked_or_behind_a_stub_domain(
    qubes: Qubes, words: tuple[str, ...], called: str
) -> None:
    client = qubes.folder / "client"
    client.write_text(CLIENT.format(folder=qubes.folder))
    client.chmod(0o755)
    qubes.foreground(*words, "--qrexec-client", str(client))
    remote = focused(qubes)
    if called:
        chord(qubes.person, CTRL, SHIFT, C_KEY)
        wait_until(lambda: stored(qubes) == b"by service", what="the copy")
        assert called in (qubes.folder / "calls").read_text()
    else:
        copies(qubes, remote, (CTRL, SHIFT, C_KEY), b"by message")
        wait_until(lambda: stored(qubes) == b"by message", what="the copy")
        assert not (qubes.folder / "calls").exists()


@pytest.mark.parametrize(
    ("settings", "words"),
    [('trayicon_mode = "tint+border2";', ()), ('trayicon_mode = "bg";', ("--trayicon-mode", "tint+border2"))],
)
def test_tray_icon_is_shown_in_the_mode_that_is_set(qubes: Qubes, settings: str, words: tuple[str, ...]) -> None:
    qubes.foreground("-c", "0xcc0000", *words, settings=of_all(settings))
    grey = np.full((22, 22), 0x808080, np.uint32)
    with PlayedTray(qubes.person.x.get_display_name(), (200, 400, 100, 24)) as tray:
        tray.begin()
        qubes.agent.create(0x600001, (0, 0, 22, 22))
        qubes.agent.send(MessageType.DOCK, 0x600001)
        qubes.agent.dump(0x600001, grey)
        qubes.agent.damage(0x600001, (0, 0, 22, 22))
        tray.take(tray.wait_asked(1)[0])
        edge = line = 0xCC0000
        nothing, tint = DEFAULT_OPTIONS.window_background_color, 0xFF0000
        row = [edge, nothing, line, *[tint] * 18, line, nothing, edge]
        wait_until(lambda: list(screenshot(qubes.person.x)[412, 200:224]) == row, what="the icon in its mode")


# The log


@pytest.mark.parametrize(
    ("settings", "words", "connected"),
    [
        ("", (), True),
        ("", ("-q",), False),
        ("log_level = 0;", ("-v",), True),
        ("log_level = 2;", ("-q",), True),
    ],
)
def test_log_says_as_much_as_is_set(
    qubes: Qubes,
    settings: str,
    words: tuple[str, ...],
    connected: bool,  # noqa: FBT001 - pytest's way
) -> None:
    child = qubes.foreground(*words, settings=of_all(settings))
    qubes.show(CONTENT)
    assert ("agent connected" in child.output()) is connected


def test_setting_that_does_not_exist_is_told_at_every_level(qubes: Qubes) -> None:
    child = qubes.foreground("-q", settings="global: {\n  titel_name = true;\n};")
    assert "guid.conf:2:3: global.titel_name is no setting" in child.output()
    qubes.show(CONTENT)


# What only the command line says


def test_every_window_has_the_properties_that_are_given(qubes: Qubes) -> None:
    qubes.foreground("-p", "_KDE_NET_WM_COLOR_SCHEME=s:/a b", "-p", "_N=c:7,0x10", "-p", "_A=a:_SOME", "-i", "icon-red")
    for popup in (False, True):
        _, xid = qubes.show(CONTENT, popup=popup)
        assert qubes.person.property(xid, "_KDE_NET_WM_COLOR_SCHEME") == b"/a b"
        assert qubes.person.numbers(xid, "_N") == [7, 16]
        some = qubes.person.x.intern_atom("_SOME", only_if_exists=True)
        found = qubes.person.window(xid).get_full_property(qubes.person.x.intern_atom("_A"), Xatom.ATOM)
        assert found is not None
        assert list(found.value) == [some]
        assert qubes.person.property(xid, "WM_CLASS") == b"icon-red\0icon-red\0"


def test_file_that_is_named_is_the_icon_of_windows_that_have_none(qubes: Qubes) -> None:
    """In its own size and in those of panels; a program's icon goes before it."""
    picture = np.full((128, 128), 0xFF3465A4, np.uint32)
    picture[:64] = 0
    file = qubes.folder / "appvm-blue.png"
    file.write_bytes(png_of(picture))
    qubes.foreground("-i", str(file), "-c", "0x3465a4")
    remote, xid = qubes.show(CONTENT)
    window = qubes.person.window(xid)
    wait_until(lambda: [image.width for image in icons_of(window)] == list(SIDES_PX), what="the picture in every size")
    for image in icons_of(window):
        words = list(struct.unpack(f"<{image.width * image.height}I", image.pixels))
        assert (words[0], words[-1]) == (0, 0xFF3465A4)
    assert words == picture.ravel().tolist()
    assert qubes.person.property(xid, "WM_CLASS") == b"work\0work\0"
    qubes.agent.send(MessageType.EXT_HELLO, 0, 1, Feature.ICON)
    qubes.agent.send(MessageType.ICON, remote, tail=argb_words([drawn(9, 9)]))
    wait_until(lambda: [image.width for image in icons_of(window)] == [9], what="the program's icon")
    qubes.agent.send(MessageType.ICON, remote, tail=b"")
    wait_until(lambda: len(icons_of(window)) == len(SIDES_PX), what="the picture again")


BAD_FILES = {
    "cannot be read": None,
    "is no PNG": b"GIF89a",
    "is 4096x4096 px": SIGNATURE + header(4096, 4096),
    "cannot be decoded": SIGNATURE + header(8, 8) + chunk(b"IDAT", b"no deflate") + chunk(b"IEND", b""),
}


@pytest.mark.parametrize("why", BAD_FILES)
def test_file_that_cannot_be_shown_is_told_and_the_labels_icon_is_there(qubes: Qubes, why: str) -> None:
    file = qubes.folder / "icon.png"
    data = BAD_FILES[why]
    if data is not None:
        file.write_bytes(data)
    child = qubes.foreground("-i", str(file), "-c", "0x3465a4")
    _, xid = qubes.show(CONTENT)
    expected = of_label(label_of(0x3465A4, 0), "work")
    wait_until(lambda: icons_of(qubes.person.window(xid)) == expected, what="the label's icon")
    assert why in child.output()


def test_no_window_is_shown_if_none_shall_be_and_the_agent_is_served(qubes: Qubes) -> None:
    qubes.foreground("-I")
    for remote, popup in ((0x500001, False), (0x500002, True)):
        before = len(qubes.agent.received)
        qubes.agent.show(remote, CONTENT, np.zeros((CONTENT[3], CONTENT[2]), np.uint32), popup=popup)
        qubes.agent.expect(MessageType.WINDOW_DUMP_ACK, remote, after=before)
        wait_until(lambda: qubes.outer(remote, mapped=False), what="the window")  # noqa: B023
        holds_for(lambda: not qubes.outer(remote, mapped=True), 0.2, "no window on the screen")  # noqa: B023


def test_icons_program_of_qubes_finds_a_window_and_its_icon_stays(qubes: Qubes) -> None:
    """qubes.WindowIconUpdater's receiver: by the list of windows, the qube's name and its id there."""
    qubes.foreground()
    remote, xid = qubes.show(CONTENT)
    listed = wait_until(lambda: xid in qubes.person.numbers(qubes.person.root.id, "_NET_CLIENT_LIST"), what="the list")
    assert listed
    assert qubes.person.property(xid, "_QUBES_VMNAME") == b"work"
    icon = [2, 2, 0xFF0000FF, 0xFF00FF00, 0xFFFF0000, 0xFFFFFFFF]
    qubes.person.window(xid).change_property(qubes.person.x.intern_atom("_NET_WM_ICON"), Xatom.CARDINAL, 32, icon)
    qubes.agent.send(MessageType.WMNAME, remote, b"title".ljust(128, b"\0"))
    wait_until(lambda: qubes.person.property(xid, "WM_NAME") == b"title", what="the title")
    assert qubes.person.numbers(xid, "_NET_WM_ICON") == icon


@pytest.mark.parametrize(("settings", "rgb"), [("", 0xFFFFFF), ("tint_unfocused = 40;", 0x9999FF)])
def test_contents_that_are_not_in_use_are_tinted_as_it_is_set(qubes: Qubes, settings: str, rgb: int) -> None:
    qubes.foreground("-c", "blue", settings=of_all(settings))
    white = np.full((CONTENT[3], CONTENT[2]), 0xFFFFFF, np.uint32)
    _, xid = qubes.show(CONTENT, popup=True, picture=white)  # no window of the qube has the focus

    def shown() -> bool:
        x, y, width, height = qubes.person.outer(xid)
        return int(qubes.person.picture()[y + height // 2, x + width // 2]) == rgb

    wait_until(shown, what=f"{rgb:#x}")


def test_every_setting_is_here() -> None:
    """One that is new needs a test of its effect; those of the start are in test_dropin.py."""
    text = Path(__file__).read_text()
    missing = {key for key in KEYS if f"{key} = " not in text} - {"startup_timeout"}
    assert missing == set()


def test_every_option_is_tried() -> None:
    """By what it does, here or beside: the short form, or the long one."""
    beside = [*Path(__file__).parent.glob("test_dropin*.py"), Path(__file__).with_name("dropin_desk.py")]
    text = "".join(path.read_text() for path in beside)
    tried = {row.long for row in TABLE if f'"-{row.short}"' in text or f"--{row.long}" in text}
    assert {row.long for row in TABLE} - tried == set()
