"""The handshake: both ends back to back for every version, and everything that must not pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import encode
from protocol.errors import LocalProtocolError, RemoteProtocolError, Violation
from protocol.extensions import SUPPORTED
from protocol.formats import VERSION, XCONF
from protocol.framing import FrameReader
from protocol.handshake import AgentHandshake, DaemonHandshake, version_word, xconf_for
from protocol.messages import MessageType, Role
from tests.protocol.slicing import WAYS

DESKTOP = xconf_for(1920, 1080, 24)
HELLO = bytes.fromhex("01005456 00000000 08000000 01000000") + int(SUPPORTED[Role.DAEMON]).to_bytes(4, "little")


@pytest.mark.parametrize("cut", WAYS)
@pytest.mark.parametrize("extensions", [True, False])
@pytest.mark.parametrize("announced", range(10))
def test_both_ends_agree_for_every_minor_version(announced: int, extensions: bool, cut: str) -> None:  # noqa: FBT001
    agent = AgentHandshake(minor=announced)
    daemon = DaemonHandshake(DESKTOP, extensions=extensions)
    first_words = encode(MessageType.CLIPBOARD_REQ, 5)
    answer = b"".join(daemon.receive(data) for data in WAYS[cut](agent.greeting())) + first_words
    leftover = b""
    for data in WAYS[cut](answer):
        if agent.done:
            leftover += data
        else:
            agent.receive(data)
    leftover = agent.leftover + leftover
    assert daemon.done
    assert agent.done
    assert daemon.minor == agent.minor == min(announced, 8)
    assert agent.xconf == DESKTOP
    hello = HELLO if extensions and announced >= 8 else b""
    assert daemon.extensions is bool(hello)
    assert leftover == hello + first_words
    reader = FrameReader(Role.AGENT, minor=agent.minor)
    reader.receive(leftover)
    types = [frame.type for frame in reader.frames()]
    assert types == [MessageType.EXT_HELLO, MessageType.CLIPBOARD_REQ][0 if hello else 1 :]


@pytest.mark.parametrize(("major", "minor"), [(0, 0), (0, 8), (0, 0xFFFF), (2, 0), (2, 8), (3, 4), (0xFFFF, 0xFFFF)])
def test_daemon_refuses_another_major_version(major: int, minor: int) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        DaemonHandshake(DESKTOP).receive(VERSION.pack(version_word(major, minor)))
    assert caught.value.violation is Violation.BAD_VERSION


@pytest.mark.parametrize("minor", [9, 10, 0xFFFF])
def test_daemon_answers_a_later_minor_with_ours(minor: int) -> None:
    daemon = DaemonHandshake(DESKTOP, extensions=False)
    assert daemon.receive(VERSION.pack(version_word(1, minor))) == VERSION.pack(0x10008) + XCONF.pack(*DESKTOP)
    assert daemon.minor == 8


@pytest.mark.parametrize("version", [(0, 8), (2, 0), (1, 0), (1, 3), (1, 9), (1, 0xFFFF)])
def test_agent_refuses_such_an_answer_before_the_desktop_comes(version: tuple[int, int]) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        AgentHandshake().receive(VERSION.pack(version_word(*version)))
    assert caught.value.violation is Violation.BAD_VERSION


def test_agent_refuses_a_daemon_so_old_that_it_sends_no_version() -> None:
    with pytest.raises(RemoteProtocolError):
        AgentHandshake().receive(XCONF.pack(*DESKTOP))


@pytest.mark.parametrize("minor", range(4, 9))
def test_agent_takes_a_lower_version_of_the_daemon(minor: int) -> None:
    agent = AgentHandshake()
    agent.receive(VERSION.pack(version_word(1, minor)) + XCONF.pack(*DESKTOP) + b"rest")
    assert (agent.minor, agent.leftover) == (minor, b"rest")


@pytest.mark.parametrize(
    "xconf", [(0, 1080, 24, 1), (1920, 0, 24, 1), (40_000, 1080, 24, 1), (1920, 2**31, 24, 1), (8, 8, 0, 1)]
)
def test_agent_refuses_a_desktop_that_cannot_be(xconf: tuple[int, int, int, int]) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        AgentHandshake().receive(VERSION.pack(version_word(1, 8)) + XCONF.pack(*xconf))
    assert caught.value.violation is Violation.BAD_VALUE


def test_agent_has_no_desktop_before_the_end() -> None:
    agent = AgentHandshake()
    agent.receive(VERSION.pack(version_word(1, 8)) + XCONF.pack(*DESKTOP)[:-1])
    assert not agent.done
    assert agent.leftover == b""
    with pytest.raises(LocalProtocolError):
        _ = agent.xconf


def test_daemon_keeps_what_came_after_the_version() -> None:
    daemon = DaemonHandshake(DESKTOP)
    daemon.receive(VERSION.pack(version_word(1, 8)) + b"more")
    assert daemon.leftover == b"more"


def test_either_end_is_used_once() -> None:
    daemon, agent = DaemonHandshake(DESKTOP), AgentHandshake()
    agent.receive(daemon.receive(agent.greeting()))
    for end in (daemon, agent):
        with pytest.raises(LocalProtocolError):
            end.receive(b"")


@given(junk=st.binary(max_size=40), cut=st.sampled_from(list(WAYS)))
def test_junk_gives_only_remote_errors(junk: bytes, cut: str) -> None:
    for end in (DaemonHandshake(DESKTOP), AgentHandshake()):
        try:
            for data in WAYS[cut](junk):
                if not end.done:
                    end.receive(data)
        except RemoteProtocolError as error:
            assert error.violation in {Violation.BAD_VERSION, Violation.BAD_VALUE}


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ((1280, 800), (1280, 800, 24, 0xFA1)),
        ((1920, 1080), (1920, 1080, 24, 0x1FA5)),
        ((1366, 768), (1368, 768, 24, 4105)),
        ((1, 1), (8, 1, 24, 1)),
        ((32_767, 32_767), (32_768, 32_767, 24, 4_194_177)),
    ],
)
def test_xconf_is_rounded_as_the_c_daemon_does(root: tuple[int, int], expected: tuple[int, int, int, int]) -> None:
    assert xconf_for(*root, 24) == expected


@pytest.mark.parametrize(
    "root", [(0, 1, 24), (1, 0, 24), (1, 1, 0), (32_768, 1, 24), (1, 32_768, 24), (1, 1, 33), (-1, 1, 24)]
)
def test_xconf_of_no_root_window_is_our_error(root: tuple[int, int, int]) -> None:
    with pytest.raises(LocalProtocolError):
        xconf_for(*root)


def test_every_desktop_that_we_announce_is_taken_by_our_agent() -> None:
    agent = AgentHandshake()
    agent.receive(DaemonHandshake(xconf_for(32_767, 32_767, 30)).receive(agent.greeting()))
    assert agent.done
