"""guid/exchange.py: what a command is answered, without any qube."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.clipboard.folders import STORE_NAME, Folders
from guid.clipboard.parcel import parcel_of
from guid.clipboard.store import Store
from guid.core.contents import ContentKind, Contents
from guid.exchange import Exchange
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
