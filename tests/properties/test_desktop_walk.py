"""The real daemon on a real X server: random messages and random desktop actions, the oracle after each step.

More of it by hand: VITRAIL_WALK_STEPS=5000, and VITRAIL_WALK_SEED to begin elsewhere (`make fuzz` does).
"""

import os
from collections.abc import Iterator

import pytest

from tests.harness.pixels import pseudo_random
from tests.harness.stage import Stage
from tests.integration.daemon_desk import Person
from tests.properties.desktop_walk import Walk

pytestmark = pytest.mark.desktop

STEPS = int(os.environ.get("VITRAIL_WALK_STEPS", "40"))
SEED = int(os.environ.get("VITRAIL_WALK_SEED", "1"))


ARGUMENTS = {False: (), True: ("--option", "allow_fullscreen = true")}


@pytest.fixture(scope="module", params=["openbox", "xfwm4-bare"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with Stage(manager=request.param) as made:
        yield made


@pytest.mark.parametrize("fullscreen", [False, True], ids=["fullscreen refused", "fullscreen granted"])
def test_every_mapped_window_is_framed_after_every_step(stage: Stage, *, fullscreen: bool) -> None:
    arguments = ARGUMENTS[fullscreen]
    with stage.qube("other", "red") as innocent, stage.qube("work", "blue", arguments=arguments) as qube:
        innocent.agent.show(0x11, (650, 60, 201, 103), pseudo_random(201, 103))
        stage.judge("the innocent qube", windows=1)
        person = Person(stage.server.name)
        walk = Walk(qube, person, SEED, others=1)
        try:
            for _ in range(STEPS):
                walk.step()
            qube.lives()
            innocent.lives()
        finally:
            walk.end()
            person.close()
