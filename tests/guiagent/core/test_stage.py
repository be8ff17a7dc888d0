"""The life of a window."""

import itertools

import pytest

from guiagent.core.stage import TRANSITIONS, Stage, Step, next_stage
from protocol.errors import LocalProtocolError


@pytest.mark.parametrize(("stage", "step"), list(itertools.product(Stage, Step)))
def test_every_step_is_in_the_table_or_refused(stage: Stage, step: Step) -> None:
    if (stage, step) in TRANSITIONS:
        assert next_stage(stage, step) is TRANSITIONS[stage, step]
    else:
        with pytest.raises(LocalProtocolError, match=step.name):
            next_stage(stage, step)


def test_every_stage_but_the_last_can_be_left_and_reached() -> None:
    left = {stage for stage, _ in TRANSITIONS}
    reached = set(TRANSITIONS.values())
    assert left == set(Stage) - {Stage.GONE}
    assert reached == set(Stage)


def test_nothing_but_the_echo_or_a_lost_daemon_frees_an_ended_id() -> None:
    assert {step for stage, step in TRANSITIONS if stage is Stage.ENDED} == {Step.ECHO, Step.SEVER}
