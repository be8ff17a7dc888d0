"""guid/clipboard/qrexec.py with real processes in the place of the client of Qubes OS."""

import select
import sys
import time
from pathlib import Path

import pytest

from guid.clipboard.qrexec import COPY, PASTE, TIMEOUT_S, Call, Outcome, Peer, QrexecError


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", code]


def outcome(call: Call) -> Outcome:
    """Wait for it, and close it."""
    deadline = time.monotonic() + 30
    while True:
        assert select.select([call], [], [], max(0.0, deadline - time.monotonic()))[0], "the call does not end"
        found = call.readable()
        if found is not None:
            call.close()
            return found


def copied(code: str, limit_bytes: int = 1000) -> Outcome:
    return outcome(Call(python(code), given=None, limit_bytes=limit_bytes, now=0.0))


def test_argv_names_the_qube_and_the_service() -> None:
    assert Peer(7, "work", in_dom0=True).argv(COPY) == [
        *("/usr/lib/qubes/qrexec-client", "-T", "-d", "7", "DEFAULT:QUBESRPC qubes.ClipboardCopy"),
    ]
    assert Peer(7, "work", in_dom0=False).argv(PASTE) == [
        *("/usr/bin/qrexec-client-vm", "-T", "--", "work", "qubes.ClipboardPaste"),
    ]


def test_copy_gives_what_the_service_writes() -> None:
    text = "słońce \U0001f600" * 20_000
    found = copied(f"import sys; sys.stdout.buffer.write('{text[:8]}'.encode() * 20_000)", limit_bytes=1 << 20)
    assert found == Outcome(text.encode())


def test_copy_gives_nothing_when_the_service_fails() -> None:
    assert copied("print('half'); raise SystemExit(3)") == Outcome(None, "the service failed (3)")


def test_copy_ends_a_service_that_writes_without_end() -> None:
    assert copied("while True: print('x' * 1000)") == Outcome(None, "more than 1000 bytes", too_long=True)


def test_copy_takes_exactly_the_limit() -> None:
    assert copied("print('x' * 1000, end='')") == Outcome(b"x" * 1000)


def test_call_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = f"import os, pathlib, signal; pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid())); signal.pause()"
    call = Call(python(code), given=None, limit_bytes=10, now=100.0)
    assert call.deadline == 100.0 + TIMEOUT_S
    deadline = time.monotonic() + 30
    while not pid_file.exists() or not pid_file.read_text():
        assert time.monotonic() < deadline
    assert call.expire() == Outcome(None, "no answer within 15 s")
    assert not Path(f"/proc/{pid_file.read_text()}").exists()


def test_service_that_closes_its_output_is_waited_for() -> None:
    assert copied("import os; os.write(1, b'x'); os.close(1); os.close(2); raise SystemExit(4)").data is None
    code = "import os, signal; os.close(1); signal.pause()"
    call = Call(python(code), given=None, limit_bytes=10, now=100.0)
    assert select.select([call], [], [], 30)[0]
    assert call.readable() is None
    assert not select.select([call], [], [], 0.1)[0], "it would be asked without end"
    assert call.expire().data is None


def test_paste_gives_the_service_what_is_pasted(tmp_path: Path) -> None:
    target = tmp_path / "pasted"
    data = bytes(range(256)) * 1000
    code = f"import sys, pathlib; pathlib.Path({str(target)!r}).write_bytes(sys.stdin.buffer.read())"
    assert outcome(Call(python(code), given=data, limit_bytes=0, now=0.0)) == Outcome(b"")
    assert target.read_bytes() == data


def test_paste_of_nothing_is_an_empty_file(tmp_path: Path) -> None:
    target = tmp_path / "pasted"
    code = f"import sys, pathlib; pathlib.Path({str(target)!r}).write_bytes(sys.stdin.buffer.read())"
    assert outcome(Call(python(code), given=b"", limit_bytes=0, now=0.0)) == Outcome(b"")
    assert target.read_bytes() == b""


def test_paste_whose_service_talks_back_has_failed() -> None:
    assert outcome(Call(python("print('hello')"), given=b"x", limit_bytes=99, now=0.0)).data is None


def test_client_that_is_not_there_is_told() -> None:
    with pytest.raises(QrexecError, match="cannot start /nowhere/qrexec-client"):
        Call(["/nowhere/qrexec-client"], given=None, limit_bytes=10, now=0.0)
