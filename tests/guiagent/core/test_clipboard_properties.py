"""Whatever programs and the daemon do, in any order: no exception, only legal messages, every copy answered once."""

import struct
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from guiagent.core import selection as fx
from guiagent.core.contents import Image
from guiagent.core.copying import COPY_TIMEOUT_S, PICTURE_TIMEOUT_S
from guiagent.core.selection import Conversion, Request, Value
from guiagent.core.sending import INCREMENT_TIMEOUT_S, WHOLE_BYTES
from protocol.clipboard import Kind, Offer, Step
from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.core.clip_world import ATOMS, CLIPBOARD, PRIMARY, PROPERTIES, PROPERTY, WINDOW, ClipWorld

Act = Callable[[ClipWorld], None]

atoms = st.sampled_from([0, *ATOMS.values(), *PROPERTIES, PROPERTY, 12345])
windows = st.sampled_from([0, WINDOW, 1, 2, 3])
times = st.sampled_from([0, 1, 5000, 5001, 0xFFFF_FFFF])
nonces = st.integers(0, 3)
data = st.binary(max_size=40) | st.sampled_from(
    [b"x" * 70_000, b"x" * 256_001, struct.pack("=2I", ATOMS["STRING"], 77)]
)
values = st.none() | st.builds(
    Value, atoms, st.sampled_from([8, 16, 32]), data, st.sampled_from([0, 0, 0, 1, 1 << 20, 1 << 32])
)
offers = st.builds(
    Offer,
    st.sampled_from([0, 1, 2, 7]),
    *[st.sampled_from([0, 1, 2, 9000])] * 2,
    st.sampled_from([0, 3, 4, 70_000, 2**32 - 1]),
)


def to_core(
    name: str, *arguments: st.SearchStrategy[object], clock: bool = True, **options: object
) -> st.SearchStrategy[Act]:
    def act(chosen: tuple[object, ...]) -> Act:
        def do(world: ClipWorld) -> None:
            now = (world.now,) if clock else ()
            world.perform(getattr(world.clipboard, name)(*chosen, *now, **options))

        return do

    return st.tuples(*arguments).map(act)


def last(kind: type) -> Callable[[ClipWorld], object]:
    return lambda world: next((effect for effect in reversed(world.done) if isinstance(effect, kind)), None)


def answered(value: Value | None) -> Act:
    """The owner answers the last question with this."""

    def do(world: ClipWorld) -> None:
        asked = last(fx.Convert)(world)
        if not isinstance(asked, fx.Convert):
            return
        world.converted(asked)
        world.read(asked.property, value)
        world.perform(world.clipboard.property_changed(WINDOW, asked.property, world.now, deleted=False))

    return do


ACTS: st.SearchStrategy[Act] = st.one_of(
    nonces.map(lambda nonce: lambda world: world.step(Step.REQUEST, nonce)),
    st.just(lambda world: world.daemon(encode(T.CLIPBOARD_REQ, 5))),
    st.binary(max_size=50).map(lambda text: lambda world: world.daemon(encode(T.CLIPBOARD_DATA, 5, tail=text))),
    st.tuples(nonces, offers).map(lambda each: lambda world: world.step(Step.OFFER, each[0], each[1])),
    st.tuples(st.integers(0, 9), nonces, st.sampled_from([0, 1, 65_536]), st.binary(max_size=4)).map(
        lambda each: (
            lambda world: world.daemon(
                encode(T.CLIPBOARD_TYPED, 0, each[0], each[1], 0, 0, 0, 0, each[2], tail=each[3])
            )
        )
    ),
    to_core("time_told", times),
    to_core("owner_found", windows),
    to_core("owner_changed", windows),
    to_core("converted", st.builds(Conversion, atoms, atoms, atoms, times)),
    to_core("value_read", windows, atoms, values),
    to_core("property_changed", windows, atoms, deleted=True),
    to_core("property_changed", windows, atoms, deleted=False),
    to_core("requested", st.builds(Request, st.sampled_from([CLIPBOARD, PRIMARY, 1]), windows, atoms, atoms, times)),
    to_core("lost", st.sampled_from([CLIPBOARD, PRIMARY, 1]), clock=False),
    to_core("requestor_gone", windows, clock=False),
    to_core(
        "decoded", st.integers(0, 4), st.sampled_from([None, (9, 9), (9000, 1), Image(1, 1, b"RGBA")]), clock=False
    ),
    to_core("encoded", st.integers(0, 4), st.none() | st.binary(max_size=5)),
    to_core("daemon_lost", clock=False),
    values.map(answered),
    st.sampled_from([0.1, 1.0, 6.0]).map(lambda seconds: lambda world: world.wait(seconds)),
)


@settings(max_examples=400, deadline=None)
@given(acts=st.lists(ACTS, max_size=60))
def test_any_order_of_events_gives_legal_messages_and_comes_to_rest(acts: list[Act]) -> None:
    world = ClipWorld()
    for act in acts:
        act(world)
        writes = [effect for effect in world.done if isinstance(effect, fx.Write)]
        assert all(len(write.data) <= WHOLE_BYTES for write in writes)
    for _ in range(400):  # nothing happens any more
        world.wait(COPY_TIMEOUT_S + PICTURE_TIMEOUT_S + INCREMENT_TIMEOUT_S)
    assert world.clipboard.deadline is None


@settings(max_examples=400, deadline=None)
@given(acts=st.lists(ACTS, max_size=40))
def test_every_copy_is_answered_once(acts: list[Act]) -> None:
    world = ClipWorld()
    for act in acts:
        act(world)
    world.take_said()
    world.step(Step.REQUEST, 0xFFFF)
    for act in (answered(None), answered(Value(ATOMS["UTF8_STRING"], 8, b"text", 0))):
        act(world)
    for _ in range(5):
        world.wait(COPY_TIMEOUT_S + PICTURE_TIMEOUT_S)
    answers = [
        said.body for said in world.take_said() if said.type is T.CLIPBOARD_TYPED and said.body.step == Step.OFFER
    ]
    assert [answer.nonce for answer in answers] == [0xFFFF]
    assert Kind(answers[0].kind) in (Kind.NOTHING, Kind.TEXT)
