"""Every stream of the corpus, through the core whole and in pieces; some of them through the real daemon as well."""

from collections.abc import Iterator

import pytest

from tests.fuzz.corpus import load, messages_of
from tests.fuzz.daemon_target import try_stream
from tests.fuzz.mutate import Mutator
from tests.fuzz.seeds import seed
from tests.fuzz.target import talk
from tests.harness.stage import Stage
from tests.integration.traces import BEGINNING, SLICES
from tests.protocol.slicing import WAYS

STREAMS = load()
FOUND = [name for name in STREAMS if name.startswith("crash-")]
"""What once went wrong is always tried on the real daemon."""

TRIED = 10


@pytest.mark.parametrize("minor", [5, 8])
@pytest.mark.parametrize("name", STREAMS)
def test_core_does_or_refuses_it(name: str, minor: int) -> None:
    outcomes = [talk(way(STREAMS[name]), minor) for way in WAYS.values()]
    assert outcomes[1:] == outcomes[:1] * (len(outcomes) - 1)


def test_seeds_are_the_recordings_and_are_done() -> None:
    for name in SLICES:
        if name != BEGINNING:
            assert STREAMS[f"seed-{name}"] == seed(name), "python -m tests.fuzz.seeds"
            assert talk([seed(name)], 8).line == ""


def test_messages_of_a_stream_are_all_of_it() -> None:
    for stream in STREAMS.values():
        assert b"".join(messages_of(stream)) == stream


def test_mutations_of_the_corpus_are_done_or_refused() -> None:
    mutator, known = Mutator(1), list(STREAMS.values())
    outcomes = [talk([mutator.stream(known)], 8) for _ in range(300)]
    assert 30 < sum(not each.line for each in outcomes) < 270, "some are done and some are refused"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.mark.desktop
@pytest.mark.parametrize("name", [*FOUND, *list(STREAMS)[:: max(1, len(STREAMS) // TRIED)]])
def test_real_daemon_does_what_its_core_does(stage: Stage, name: str) -> None:
    try_stream(stage, STREAMS[name])
