"""guid/core/options.py: what the person writes is taken as it is meant, or refused; and what it does to the rules."""

import pytest

from guid.core import effects as fx
from guid.core.badoption import BadOption
from guid.core.geometry import Rect
from guid.core.options import Options, changed
from guid.core.values import Kind
from protocol.errors import RemoteProtocolError, Violation
from protocol.limits import MAX_WINDOWS_PER_QUBE
from protocol.messages import MessageType as M
from tests.guid.core.talk import DESKTOP, Talk

W1, W2 = 0x400001, 0x400002


@pytest.mark.parametrize(
    ("key", "value", "meant"),
    [
        ("override_redirect", "allow", True),
        ("override_redirect", "disabled", False),
        ("tint_unfocused", 0, 0),
        ("tint_unfocused", 60, 60),
        ("windows_count_limit", 1, 1),
        ("windows_count_limit", MAX_WINDOWS_PER_QUBE, MAX_WINDOWS_PER_QUBE),
        ("events_max_delay", 0, 0),
        ("max_clipboard_size", 256, 256),
        ("max_clipboard_size", 256_000, 256_000),
        ("events_max_delay", 5000, 5000),
        ("window_background_color", "0x12ABef", 0x12ABEF),
        ("window_background_color", "#000000", 0),
        ("scale", 2, 2.0),
        ("scale", 1.5, 1.5),
        ("scale", 0, 0.0),
        ("scale", 8.0, 8.0),
    ],
)
def test_value_is_taken_as_it_is_meant(key: str, value: object, meant: object) -> None:
    assert getattr(changed(Options(), {key: value}), key) == meant


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("override_redirect", "disable"),
        ("override_redirect", False),
        ("tint_unfocused", 61),
        ("tint_unfocused", -1),
        ("tint_unfocused", True),
        ("windows_count_limit", 0),
        ("windows_count_limit", MAX_WINDOWS_PER_QUBE + 1),
        ("windows_count_limit", True),
        ("windows_count_limit", 2.0),
        ("events_max_delay", -1),
        ("max_clipboard_size", 255),
        ("max_clipboard_size", 256_001),
        ("events_max_delay", 5001),
        ("window_background_color", "white"),
        ("window_background_color", "0x12ABeg"),
        ("window_background_color", 0x123456),
        ("scale", "2"),
        ("scale", True),
        ("scale", 0.49),
        ("scale", 8.1),
        ("scale", float("nan")),
        ("scale", -1),
    ],
)
def test_value_that_means_nothing_is_refused(key: str, value: object) -> None:
    with pytest.raises(BadOption, match=key):
        changed(Options(), {key: value})


def kind_of(talk: Talk, window: int, content: Rect) -> Kind:
    (created,) = talk.create(window, content, popup=True)
    assert isinstance(created, fx.CreateWindow)
    return created.kind


def test_disabled_override_redirect_gives_the_window_manager_every_window() -> None:
    talk = Talk(options=Options(override_redirect=False))
    assert kind_of(talk, W1, Rect(100, 100, 50, 50)) is Kind.MANAGED
    mapped = [effect for effect in talk.map(W1, popup=True) if isinstance(effect, fx.MapWindow)]
    assert mapped == [fx.MapWindow(mapped[0].window, Kind.MANAGED)]


@pytest.mark.parametrize(("protection", "kind"), [(True, Kind.MANAGED), (False, Kind.POPUP)])
def test_popup_of_any_size_is_granted_without_protection_only(*, protection: bool, kind: Kind) -> None:
    talk = Talk(options=Options(override_redirect_protection=protection))
    assert kind_of(talk, W1, DESKTOP.work_area) is kind


def test_one_window_more_than_the_limit_ends_the_session() -> None:
    talk = Talk(options=Options(windows_count_limit=1))
    talk.create(W1, (0, 0, 10, 10))
    with pytest.raises(RemoteProtocolError) as refused:
        talk.create(W2, (0, 0, 10, 10))
    assert refused.value.violation is Violation.LIMIT
    talk.say(M.DESTROY, W1)
    talk.create(W2, (0, 0, 10, 10))


@pytest.mark.parametrize(("utf8", "shown"), [(True, "é…"), (False, "_...")])
def test_titles_have_other_letters_than_ascii_if_allowed(*, utf8: bool, shown: str) -> None:
    talk = Talk(options=Options(allow_utf8_titles=utf8))
    talk.create(W1, (0, 0, 10, 10))
    (titled,) = talk.say(M.WMNAME, W1, "é…".encode().ljust(128, b"\0"))
    assert isinstance(titled, fx.SetTitle)
    assert titled.title == shown
