"""guid/running.py: what time brings, on a desktop without a single qube."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from guid.notifications import Notifier
from guid.readers import Readers
from guid.running import Running


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    for variable in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        (tmp_path / variable).mkdir(mode=0o700)
        monkeypatch.setenv(variable, str(tmp_path / variable))
    readers = Readers()
    with closing(Notifier(readers, address="")) as notifier:
        made = Running(readers, {}, notifier, "")
        yield made
        made.shut_down()


def test_qube_that_has_gone_while_it_was_held_back_ends_nothing(running: Running) -> None:
    running.daemons._shares.busy("gone", 1.0)
    running.tick(1000.0)
