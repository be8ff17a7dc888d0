"""Errors: one clear line, and never a byte of the peer."""

import pickle

import pytest

from protocol.errors import LocalProtocolError, ProtocolError, RemoteProtocolError, Violation


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (RemoteProtocolError(Violation.BAD_VERSION), "unusable protocol version"),
        (
            RemoteProtocolError(Violation.WRONG_LENGTH, message=136, window=0x20000C, detail="17 bytes instead of 16"),
            "wrong length in SHMIMAGE (136), window 0x20000c: 17 bytes instead of 16",
        ),
        (
            RemoteProtocolError(Violation.UNKNOWN_TYPE, message=7, window=0),
            "unknown message type in message 0x7, window 0x0",
        ),
        (
            RemoteProtocolError(Violation.UNSUPPORTED, message=0x56540002),
            "not supported in MONITORS (0x56540002)",
        ),
        (
            RemoteProtocolError(Violation.LIMIT, window=3, detail="1,025 windows"),
            "over a limit in window 0x3: 1,025 windows",
        ),
    ],
)
def test_error_as_text_is_one_line(error: RemoteProtocolError, line: str) -> None:
    assert str(error) == line


def test_errors_say_whose_fault_it_is() -> None:
    assert issubclass(LocalProtocolError, ProtocolError)
    assert issubclass(RemoteProtocolError, ProtocolError)
    assert not issubclass(RemoteProtocolError, LocalProtocolError)


def test_violation_texts_are_short_and_different() -> None:
    texts = [violation.value for violation in Violation]
    assert len(set(texts)) == len(Violation)
    assert all(0 < len(text) < 40 for text in texts)


def test_error_carries_what_it_was_made_of() -> None:
    error = RemoteProtocolError(Violation.LIMIT, message=130, window=3, detail="x")
    assert (error.violation, error.message, error.window, error.detail) == (Violation.LIMIT, 130, 3, "x")
    assert "LIMIT" in repr(error)
    assert pickle.loads(pickle.dumps(LocalProtocolError("x"))).args == ("x",)  # noqa: S301
