"""The agent gives its X server the scale that a daemon says, in settings and resources, and tells programs more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib import X, Xatom
from Xlib.protocol import event

from guid.core.xsettings import settings_of
from protocol.extensions import EXT_VERSION, Feature
from protocol.messages import MessageType as T
from protocol.scale import Scale, scale_fields
from tests.guiagent.app import App
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

TWICE = Scale(192 * 1024, 2, 48, subpixels="rgb")
TOLD = {
    "Xft/DPI": 196608,
    "Gdk/UnscaledDPI": 98304,
    "Gdk/WindowScalingFactor": 2,
    "Gtk/CursorThemeSize": 48,
    "Xft/RGBA": "rgb",
}


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    with AgentProcess(tmp_path, "--server", "xvfb") as process:
        yield process


@pytest.fixture
def daemon(agent: AgentProcess) -> Iterator[ScriptedDaemon]:
    with hello(agent) as connected:
        assert agent.news() == {"ready": True}
        yield connected


@pytest.fixture
def app(agent: AgentProcess, daemon: ScriptedDaemon) -> Iterator[App]:
    assert daemon.said, "the screen is up"
    with App(agent.display) as connected:
        yield connected


def resources(app: App) -> list[str]:
    found = app.root.get_full_property(Xatom.RESOURCE_MANAGER, Xatom.STRING)
    value = b"" if found is None else found.value
    return (value if isinstance(value, str) else value.decode()).splitlines()


def owner(app: App) -> int:
    found = app.display.get_selection_owner(app.display.intern_atom("_XSETTINGS_S0"))
    return 0 if found == X.NONE else int(found.id)


def settings(app: App) -> dict[str, int | str]:
    holder = owner(app)
    if not holder:
        return {}
    atom = app.display.intern_atom("_XSETTINGS_SETTINGS")
    found = app.display.create_resource_object("window", holder).get_full_property(atom, X.AnyPropertyType)
    return dict(settings_of(bytes(found.value))) if found is not None else {}


def test_nothing_is_said_before_the_daemon_has_said_it(app: App) -> None:
    assert owner(app) == 0
    assert resources(app) == []


def test_scale_is_in_settings_and_resources_and_follows_the_daemon(app: App, daemon: ScriptedDaemon) -> None:
    app.root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, b"xterm*cursor: red\nXft.dpi: 70\n")
    app.root.change_attributes(event_mask=X.StructureNotifyMask)
    app.sync()
    daemon.send(T.SCALE, 0, *scale_fields(TWICE))
    wait_until(lambda: settings(app) == TOLD, what="the settings")
    assert resources(app) == ["xterm*cursor: red", "Xft.dpi:\t192", "Xcursor.size:\t48", "Xft.rgba:\trgb"]
    told = [seen for seen in iter_events(app) if isinstance(seen, event.ClientMessage)]
    assert [list(seen.data[1][1:3]) for seen in told] == [[app.display.intern_atom("_XSETTINGS_S0"), owner(app)]]
    daemon.send(T.SCALE, 0, *scale_fields(Scale()))
    wait_until(lambda: settings(app).get("Gdk/WindowScalingFactor") == 1, what="the settings")
    assert resources(app) == ["xterm*cursor: red", "Xft.dpi:\t96", "Xcursor.size:\t24"]


def iter_events(app: App) -> list[event.ClientMessage]:
    return [app.display.next_event() for _ in range(app.display.pending_events())]


def test_settings_of_somebody_else_in_the_qube_are_left_to_him(app: App, daemon: ScriptedDaemon) -> None:
    window = app.window(10, 10)
    window.set_selection_owner(app.display.intern_atom("_XSETTINGS_S0"), X.CurrentTime)
    app.sync()
    daemon.send(T.SCALE, 0, *scale_fields(TWICE))
    wait_until(lambda: "Xft.dpi:\t192" in resources(app), what="the resources")
    assert owner(app) == window.id
    assert settings(app) == {}


def start(agent: AgentProcess, folder: Path) -> Path:
    """Have a program started that writes its environment down; returns where."""
    path = folder / "environment"
    agent.tell(run={"id": 1, "argv": ["sh", "-c", f"env > {path}.new; mv {path}.new {path}"], "env": {}})
    return path


def environment(path: Path) -> dict[str, str]:
    wait_until(path.exists, what="the program's environment")
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, _, value in lines}


def test_program_waits_until_the_scale_is_known(agent: AgentProcess, tmp_path: Path) -> None:
    path = start(agent, tmp_path)
    with ScriptedDaemon(agent) as daemon:
        daemon.wait_for(T.EXT_HELLO)
        daemon.send(T.SCALE, 0, *scale_fields(TWICE))
        found = environment(path)
    assert found["J2D_UISCALE"] == "2"
    assert found["QT_ENABLE_HIGHDPI_SCALING"] == "1"


def test_program_is_started_though_nobody_says_the_scale(agent: AgentProcess, tmp_path: Path) -> None:
    path = start(agent, tmp_path)
    with hello(agent):
        assert "J2D_UISCALE" not in environment(path)


def test_daemon_that_does_not_name_the_feature_is_not_waited_for(
    agent: AgentProcess, daemon: ScriptedDaemon, tmp_path: Path
) -> None:
    daemon.send(T.EXT_HELLO, 0, EXT_VERSION, Feature.KEYBOARD)
    assert "J2D_UISCALE" not in environment(start(agent, tmp_path))
