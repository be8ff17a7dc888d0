"""What a question's answer means: the person decides, the rule by which they were asked says for how long."""

from guid.clipboard.verdict import Action, Verdict

RULE = Verdict(Action.ASK, notify=False, times=3, seconds=60, why="clipboard.toml, rule 2")


def test_yes_keeps_the_limits_of_the_rule() -> None:
    assert RULE.answered(Verdict(Action.ALLOW)) == Verdict(
        Action.ALLOW, notify=False, times=3, seconds=60, why="clipboard.toml, rule 2"
    )


def test_no_says_who_said_it() -> None:
    found = RULE.answered(Verdict(Action.DENY, why="you said no"))
    assert (found.action, found.why) == (Action.DENY, "you said no")
