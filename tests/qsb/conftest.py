"""One desktop for all bulletins: an innocent qube with a window on it, and a fresh hostile qube for every test."""

from collections.abc import Iterator

import pytest

from tests.harness.pixels import pseudo_random
from tests.harness.stage import ActedQube, Stage

BANK_WINDOW = 0x51


@pytest.fixture(scope="session")
def qsb_stage() -> Iterator[Stage]:
    """Xvfb, openbox and a panel."""
    with Stage() as made:
        yield made


@pytest.fixture(scope="session")
def bank(qsb_stage: Stage) -> Iterator[ActedQube]:
    """The innocent qube: green, one window, 0x51."""
    with qsb_stage.qube("bank", "green") as qube:
        qube.agent.show(BANK_WINDOW, (640, 400, 301, 203), pseudo_random(301, 203, 7))
        qube.settle()
        qsb_stage.judge("the innocent qube", windows=1)
        yield qube


@pytest.fixture
def evil(qsb_stage: Stage, bank: ActedQube) -> Iterator[ActedQube]:
    """The hostile qube, red. The bank's window is the first that the judge sees."""
    assert bank.daemon.child.alive
    with qsb_stage.qube("evil", "red") as qube:
        yield qube
