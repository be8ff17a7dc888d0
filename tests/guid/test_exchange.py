"""guid/exchange.py: what a command is answered, without any qube."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from colors.labels import label_named
from guid.clipboard import events as ev
from guid.clipboard.folders import STORE_NAME, Folders
from guid.clipboard.packets import packet
from guid.clipboard.parcel import parcel_of
from guid.clipboard.store import Store
from guid.core.aside import Aside
from guid.core.contents import ContentKind, Contents
from guid.engines.engine import Traits
from guid.exchange import Exchange
from guid.qube import Qube
from guid.readers import Readers


class Silence:
    """Nobody is told."""

    def tell(self, key: str, summary: str, body: str, *, rgb: int | None) -> None:
        pass


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    made = Exchange(Folders(tmp_path, tmp_path, tmp_path), {}, Silence(), Readers())
    yield made
    made.close()


@pytest.mark.parametrize("do", ["eat\x1b", None, ["show"]])
def test_what_nobody_knows_is_answered_with_an_error(exchange: Exchange, do: object) -> None:
    answer = exchange.operation({"op": "clipboard", "do": do} if do is not None else {"op": "clipboard"})
    assert answer["error"].startswith("nothing that can be done with the clipboard: ")
    assert "\x1b" not in answer["error"]
    assert exchange.operation({"do": "show"}) == {"empty": True}


def test_image_is_answered_as_numbers(exchange: Exchange, tmp_path: Path) -> None:
    image = Contents(ContentKind.IMAGE, 8, 2, 1)
    Store(tmp_path / STORE_NAME).put("work", image, 7, parcel_of([b"RGBARGBA"]))
    numbers = {"kind": "image", "bytes": 8, "width": 2, "height": 1}
    assert exchange.operation({"do": "show"}) == {"empty": False, "source": "work", "base64": "", **numbers}


def test_chord_in_a_paused_qube_is_answered_at_once_and_asks_it_nothing(exchange: Exchange, tmp_path: Path) -> None:
    qube = Qube.create(
        *("work", label_named("blue"), tmp_path),
        engine="local",
        traits=Traits(),
        options={},
        pool_bytes=16 << 20,
        already_granted=[],
    )
    exchange._qubes["work"] = qube  # type: ignore[index]  # the supervisor's, as it starts one
    qube.aside = Aside(paused=True)
    happened: list[dict[str, object]] = []

    def watch(what: dict[str, object]) -> bool:
        happened.append(what)
        return True

    exchange.watchers.append(watch)
    for chord in (ev.CopyChord("work", 1, 7), ev.PasteChord("work", 1, 8)):
        exchange.said("work", packet(chord), None)
    assert [(each["what"], each["qube"]) for each in happened] == [("paused", "work")] * 2
    qube.close()
