"""What the person decided about a qube, seen on a real desktop."""

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random, region
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

CONTENT = (100, 150, 300, 200)


@pytest.fixture(scope="module")
def desk() -> Iterator[Person]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(800, 600))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        yield person


def qube_with(desk: Person, **options: str) -> Qube:
    arguments = [word for key, value in options.items() for word in ("--option", f"{key} = {value}")]
    return Qube(desk.x.get_display_name(), label="red", arguments=tuple(arguments))


def test_title_has_the_qubes_name_in_front_and_ascii_only(desk: Person) -> None:
    with qube_with(desk, title_name="true", allow_utf8_titles="false") as qube:
        window = qube.show(CONTENT, pseudo_random(*CONTENT[2:]))
        qube.agent.send(MessageType.WMNAME, window.remote, "[other] Grüße…".encode().ljust(128, b"\0"))
        for name in ("WM_NAME", "_NET_WM_NAME", "WM_ICON_NAME", "_NET_WM_ICON_NAME"):
            shown = b"[work] [other] Gr__e..."
            wait_until(lambda: desk.property(window.xid, name) == shown, what=name)  # noqa: B023


def test_popup_that_is_not_allowed_is_the_window_managers(desk: Person) -> None:
    with qube_with(desk, override_redirect='"disabled"') as qube:
        window = qube.show(CONTENT, pseudo_random(*CONTENT[2:]), popup=True)
        assert not desk.window(window.xid).get_attributes().override_redirect
        wait_framed(desk, window.xid, 3, qube.rgb)


def test_popup_of_the_whole_work_area_is_framed_without_protection(desk: Person) -> None:
    with qube_with(desk, override_redirect_protection="false") as qube:
        window = qube.show((0, 0, 800, 600), pseudo_random(800, 600), popup=True)
        assert desk.window(window.xid).get_attributes().override_redirect
        wait_framed(desk, window.xid, 2, qube.rgb)


def test_window_before_its_picture_has_the_background_that_was_chosen(desk: Person) -> None:
    with qube_with(desk, window_background_color='"0x102030"') as qube:
        remote = qube.new_id()
        qube.agent.create(remote, CONTENT)
        qube.agent.map(remote)
        qube.mapped(remote)
        wait_until(
            lambda: bool(np.all(region(desk.picture(), qube.content(remote)) == 0x102030)), what="the background"
        )


def test_windows_beyond_the_limit_end_the_session(desk: Person) -> None:
    with qube_with(desk, windows_count_limit="2") as qube:
        for _ in range(3):
            qube.agent.create(qube.new_id(), CONTENT)
        assert "windows" in qube.daemon.expect("violation")["violation"]


def test_option_that_does_not_exist_is_refused_by_name(desk: Person) -> None:
    qube = qube_with(desk, titel_name="true")
    try:
        assert qube.daemon.child.wait() == 1
        assert "no option 'titel_name'" in qube.daemon.child.output()
    finally:
        qube.close()
