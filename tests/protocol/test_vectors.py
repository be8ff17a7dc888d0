"""The golden vectors: what the C peers said is read, understood and written again to the same byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from protocol import formats
from protocol.codec import decode, encode, tail_of
from protocol.framing import Frame, FrameReader
from protocol.handshake import AgentHandshake, DaemonHandshake, xconf_for
from protocol.messages import TABLE, Direction, MessageType, Role
from tests.protocol.slicing import WAYS, read

VECTORS = Path(__file__).parent.parent / "vectors"
RECORDED = VECTORS / "recorded"
ACTIONS = sorted(path.stem for path in RECORDED.glob("*.jsonl"))
READERS = {"a2d": Role.DAEMON, "d2a": Role.AGENT}
HANDSHAKE_BYTES = {"a2d": 4, "d2a": 20}
# How the recorder calls fields that we call as the C header does.
NAMES = {
    "set": "flags_set",
    "unset": "flags_unset",
    "min_w": "min_width",
    "min_h": "min_height",
    "max_w": "max_width",
    "max_h": "max_height",
    "inc_w": "width_inc",
    "inc_h": "height_inc",
    "base_w": "base_width",
    "base_h": "base_height",
}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def recorded(action: str, way: str) -> tuple[bytes, list[dict[str, Any]]]:
    """Return the bytes and the decoded lines of one direction, without the handshake."""
    data = (RECORDED / f"{action}.{way}.bin").read_bytes()
    found = [line for line in lines(RECORDED / f"{action}.jsonl") if line["dir"] == way]
    if found and found[0]["msg"] == "HANDSHAKE":
        return data[HANDSHAKE_BYTES[way] :], found[1:]
    return data, found


def seen_fields(frame: Frame) -> dict[str, Any]:
    """Return what we decode, in the recorder's terms."""
    body = decode(frame.type, frame.untrusted_body)
    tail = tail_of(frame.type, frame.untrusted_body)
    match body:
        case formats.WmName(data):
            return {"data": data.rstrip(b"\0").decode(), "nul_padded": data.endswith(b"\0")}
        case formats.WmClass(res_class, res_name):
            return {"res_class": res_class.rstrip(b"\0").decode(), "res_name": res_name.rstrip(b"\0").decode()}
        case formats.KeymapNotify(keys):
            return {"down": [key for key in range(256) if keys[key // 8] >> key % 8 & 1]}
        case formats.WindowDump():
            refs = tail.cast("I").tolist()
            contiguous = refs == list(range(refs[0], refs[0] + len(refs)))
            return {**body._asdict(), "nrefs": len(refs), "ref0": refs[0], "contiguous": contiguous}
        case None if frame.type == MessageType.CLIPBOARD_DATA:
            return {"text": bytes(tail).decode()[:60]}
        case None:
            return {}
        case _:
            return dict(body._asdict())


def written_again(frame: Frame) -> bytes:
    body = decode(frame.type, frame.untrusted_body) or ()
    tail = tail_of(frame.type, frame.untrusted_body)
    return encode(MessageType(frame.type), frame.window, *body, tail=bytes(tail))


def test_actions_recorded_are_thirty() -> None:
    assert len(ACTIONS) == 30


@pytest.mark.parametrize("cut", WAYS)
@pytest.mark.parametrize("way", READERS)
@pytest.mark.parametrize("action", ACTIONS)
def test_recording_in_any_slices_gives_the_recorded_messages(action: str, way: str, cut: str) -> None:
    data, expected = recorded(action, way)
    reader = FrameReader(READERS[way], minor=8)
    frames = read(reader, WAYS[cut](data))
    assert [(MessageType(frame.type).name, frame.window, 12 + len(frame.untrusted_body)) for frame in frames] == [
        (line["msg"], int(line["win"], 16), line["len"]) for line in expected
    ]
    assert not reader.unfinished
    assert reader.warnings == []


@pytest.mark.parametrize("way", READERS)
@pytest.mark.parametrize("action", ACTIONS)
def test_recording_decoded_has_the_recorded_fields(action: str, way: str) -> None:
    data, expected = recorded(action, way)
    frames = read(FrameReader(READERS[way], minor=8), [data])
    for frame, line in zip(frames, expected, strict=True):
        assert seen_fields(frame) == {NAMES.get(name, name): value for name, value in line.get("f", {}).items()}


@pytest.mark.parametrize("way", READERS)
@pytest.mark.parametrize("action", ACTIONS)
def test_recording_written_again_is_the_same_bytes(action: str, way: str) -> None:
    data, _ = recorded(action, way)
    frames = read(FrameReader(READERS[way], minor=8), [data])
    assert b"".join(map(written_again, frames)) == data


@pytest.mark.parametrize("cut", WAYS)
def test_recorded_handshake_by_both_our_ends_is_the_same_bytes(cut: str) -> None:
    said = {way: (RECORDED / f"startup.{way}.bin").read_bytes() for way in READERS}
    agent = AgentHandshake()
    assert agent.greeting() == said["a2d"][:4]
    daemon = DaemonHandshake(xconf_for(1920, 1080, 24), extensions=False)
    assert b"".join(daemon.receive(data) for data in WAYS[cut](said["a2d"][:4])) == said["d2a"][:20]
    for data in WAYS[cut](said["d2a"][:20]):
        agent.receive(data)
    assert agent.done
    assert agent.minor == 8
    assert agent.xconf == (1920, 1080, 24, 8101)


HANDMADE = {line["name"]: line for line in lines(VECTORS / "handmade.jsonl")}


@pytest.mark.parametrize("cut", WAYS)
@pytest.mark.parametrize("name", HANDMADE)
def test_handmade_vector_read_gives_its_fields(name: str, cut: str) -> None:
    vector = HANDMADE[name]
    reader = FrameReader(Role(vector["to"]), minor=vector["minor"])
    (frame,) = read(reader, WAYS[cut](bytes.fromhex(vector["hex"])))
    assert (MessageType(frame.type).name, frame.window) == (vector["msg"], vector["win"])
    body = decode(frame.type, frame.untrusted_body)
    fields = {} if body is None else body._asdict()
    assert {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()} == vector["f"]
    assert tail_of(frame.type, frame.untrusted_body).hex() == vector["tail"]


@pytest.mark.parametrize("name", HANDMADE)
def test_handmade_vector_written_is_its_bytes(name: str) -> None:
    vector = HANDMADE[name]
    fields = [bytes.fromhex(value) if isinstance(value, str) else value for value in vector["f"].values()]
    written = encode(MessageType[vector["msg"]], vector["win"], *fields, tail=bytes.fromhex(vector["tail"]))
    assert written == bytes.fromhex(vector["hex"])


HANDSHAKES = {line["name"]: line for line in lines(VECTORS / "handshakes.jsonl")}


@pytest.mark.parametrize("cut", WAYS)
@pytest.mark.parametrize("name", HANDSHAKES)
def test_handshake_vector_answered_is_its_bytes(name: str, cut: str) -> None:
    vector = HANDSHAKES[name]
    daemon = DaemonHandshake(xconf_for(*vector["root"]), extensions=False)
    answer = b"".join(daemon.receive(data) for data in WAYS[cut](bytes.fromhex(vector["agent"])))
    assert answer == bytes.fromhex(vector["daemon"])
    assert daemon.minor == vector["minor"]


def test_vectors_together_show_every_message_that_is_sent() -> None:
    shown = {(line["msg"], way) for action in ACTIONS for way in READERS for line in recorded(action, way)[1]}
    shown |= {(vector["msg"], "a2d" if vector["to"] == "daemon" else "d2a") for vector in HANDMADE.values()}
    ways = {"a2d": Direction.TO_DAEMON, "d2a": Direction.TO_AGENT}
    sent = {
        (spec.type.name, way)
        for spec in TABLE.values()
        for way, direction in ways.items()
        if direction in spec.direction
    }
    assert shown == sent


def test_vectors_name_their_source() -> None:
    assert all(vector["source"] for vector in [*HANDMADE.values(), *HANDSHAKES.values()])
