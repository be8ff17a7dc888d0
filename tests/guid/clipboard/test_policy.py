"""guid/clipboard/policy.py and what it reads: who may paste into whom."""

import re
from pathlib import Path

import pytest

from guid.clipboard.policy import Policy
from guid.clipboard.verdict import Action, Traits, Verdict

TRAITS = {
    "vault": Traits(frozenset({"secret"}), "local", "black"),
    "work": Traits(frozenset(), "local", "blue"),
    "disp1234": Traits(frozenset(), "qemu", "red"),
}


def traits_of(name: str) -> Traits:
    return TRAITS.get(name, Traits())


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def decide(folder: Path, source: str = "work", target: str = "disp1234") -> Verdict:
    return Policy(folder, traits_of).decide(source, target)


def action(folder: Path, source: str = "work", target: str = "disp1234") -> Action:
    return decide(folder, source, target).action


def test_decide_without_any_file_allows_once(tmp_path: Path) -> None:
    found = decide(tmp_path)
    assert (found.action, found.times, found.seconds) == (Action.ALLOW, 1, None)
    assert not found.keeps(1, 0)


def test_decide_takes_the_first_rule_that_fits(tmp_path: Path) -> None:
    written(
        tmp_path,
        "clipboard.toml",
        """
        [[rule]]
        source = "vault"
        target = "*"
        action = "deny"
        [[rule]]
        source = "*"
        target = "work"
        action = "allow"
        times = 3
        notify = false
        [[rule]]
        source = "*"
        target = "@label:red"
        action = "ask"
        seconds = 60
        """,
    )
    assert decide(tmp_path, "vault", "work") == Verdict(Action.DENY, why="clipboard.toml, rule 1")
    assert decide(tmp_path, "other", "work") == Verdict(
        Action.ALLOW, notify=False, times=3, why="clipboard.toml, rule 2"
    )
    assert decide(tmp_path, "work", "disp1234") == Verdict(
        Action.ASK, times=None, seconds=60, why="clipboard.toml, rule 3"
    )


def test_decide_denies_what_no_rule_fits(tmp_path: Path) -> None:
    written(tmp_path, "clipboard.toml", '[[rule]]\nsource = "a"\ntarget = "b"\naction = "allow"\n')
    assert decide(tmp_path).action is Action.DENY
    assert "no rule fits" in decide(tmp_path).why


@pytest.mark.parametrize(
    ("times", "seconds", "pastes", "age_s", "kept"),
    [
        (1, None, 1, 0, False),
        (3, None, 2, 1e6, True),
        (3, None, 3, 0, False),
        (None, 60, 99, 59, True),
        (None, 60, 1, 60, False),
        (2, 60, 1, 61, False),
    ],
)
def test_keeps_counts_pastes_and_seconds(
    times: int | None, seconds: float | None, pastes: int, age_s: float, *, kept: bool
) -> None:
    assert Verdict(Action.ALLOW, times=times, seconds=seconds).keeps(pastes, age_s) is kept


RULE = '[[rule]]\nsource = "a"\ntarget = "b"\naction = "allow"\n'


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("clipboard.toml", "[[rule", "clipboard.toml"),
        ("clipboard.toml", "[rule]\n", "not rule as anything else"),
        ("clipboard.toml", RULE + "tines = 2\n", "rule 1: there is no key tines"),
        ("clipboard.toml", RULE + RULE.replace('"b"', "7"), "rule 2: target must be"),
        ("clipboard.toml", RULE.replace("allow", "permit"), "action must be one of allow, ask, deny"),
        ("clipboard.toml", RULE + "times = 0\n", "times must be a whole number from 1"),
        ("clipboard.toml", RULE + "times = true\n", "times must be a whole number from 1"),
        ("clipboard.toml", RULE + "seconds = 1e3\n", "seconds must be a whole number"),
        ("clipboard.toml", RULE + 'notify = "no"\n', "notify must be true or false"),
        ("clipboard.toml", RULE.replace('"a"', '"../etc"'), "source must be"),
        ("clipboard.toml", "[other]\n", "only \\[\\[rule\\]\\] is known here, not other"),
        ("policy.d/30-user.policy", "qubes.ClipboardPaste * work allow\n", "30-user.policy, line 1: needs SERVICE"),
        ("policy.d/30-user.policy", "qubes.ClipboardPaste * work vault perhaps\n", "there is no action 'perhaps'"),
        ("policy.d/30-user.policy", "qubes.Filecopy * work vault perhaps\n", "there is no action 'perhaps'"),
        ("policy.d/30-user.policy", "qubes.Filecopy * work va|lt allow\n", "'va|lt' is not understood"),
        ("policy.d/30-user.policy", "qubes.ClipboardPaste * work @tagged:x allow\n", "'@tagged:x' is not understood"),
        ("policy.d/30-user.policy", "qubes.ClipboardPaste * a b allow target=c\n", "has no other target"),
        ("policy.d/30-user.policy", "qubes.ClipboardPaste * a b allow notify=maybe\n", "notify must be yes or no"),
        ("policy.d/30-user.policy", "qubes.ClipboardPaste * a b allow loudly\n", "'loudly' is not understood"),
        ("policy.d/30-user.policy", "!include lost\n", "lost is included and is not there"),
        ("policy.d/30-user.policy", "!include 30-user.policy\n", "more than 64 files"),
        ("policy.d/30-user.policy", "!exclude x\n", "!exclude is not understood"),
        ("qubes-rpc/policy/qubes.ClipboardPaste", "$anyvm $anyvm\n", "line 1: needs SOURCE TARGET ACTION"),
    ],
)
def test_decide_with_a_broken_file_denies_and_says_where(tmp_path: Path, name: str, text: str, words: str) -> None:
    """Beside a whole file that would allow it."""
    written(tmp_path, "policy.d/10-good.policy", "qubes.ClipboardPaste * @anyvm @anyvm allow\n")
    written(tmp_path, name, text)
    found = decide(tmp_path)
    assert found.action is Action.DENY

    assert re.search(words, found.why), found.why


def test_decide_with_a_file_that_cannot_be_read_denies(tmp_path: Path) -> None:
    (tmp_path / "clipboard.toml").mkdir()
    assert decide(tmp_path).action is Action.DENY
    (tmp_path / "clipboard.toml").rmdir()
    (tmp_path / "clipboard.toml").write_bytes(b"# " + b"x" * (1 << 20))
    assert "longer than" in decide(tmp_path).why
    (tmp_path / "clipboard.toml").write_bytes(b"# \xff")
    assert decide(tmp_path).action is Action.DENY


def test_decide_reads_the_current_form_of_qubes_os(tmp_path: Path) -> None:
    written(
        tmp_path,
        "policy.d/30-user.policy",
        """
        # of the person
        qubes.Filecopy       *  @anyvm      @anyvm     ask
        qubes.ClipboardPaste +extra work    disp1234   deny
        qubes.ClipboardPaste *  @tag:secret @anyvm     deny notify=no
        qubes.ClipboardPaste *  work        @type:qemu allow notify=yes
        qubes.ClipboardPaste *  @anyvm      @adminvm   allow
        qubes.ClipboardPaste *  @anyvm      work       ask  default_target=work
        """,
    )
    written(
        tmp_path, "policy.d/90-default.policy", "qubes.ClipboardPaste * @anyvm @anyvm ask\n*  * @anyvm @anyvm deny\n"
    )
    written(tmp_path, "policy.d/.hidden.policy", "!nonsense\n")
    written(tmp_path, "policy.d/note.txt", "!nonsense\n")
    assert decide(tmp_path, "vault", "work") == Verdict(Action.DENY, notify=False, why="30-user.policy, line 5")
    assert decide(tmp_path, "work", "disp1234") == Verdict(Action.ALLOW, why="30-user.policy, line 6")
    assert decide(tmp_path, "other", "work") == Verdict(Action.ASK, why="30-user.policy, line 8")
    assert decide(tmp_path, "other", "third") == Verdict(Action.ASK, why="90-default.policy, line 1")


def test_decide_follows_includes_of_the_current_form(tmp_path: Path) -> None:
    written(tmp_path, "policy.d/10.policy", "!include include/first\n!include-dir more\n")
    written(tmp_path, "policy.d/20.policy", "!include-service qubes.ClipboardPaste * old/paste\n!compat-4.0\n")
    written(tmp_path, "policy.d/include/first", "qubes.ClipboardPaste * a @anyvm deny\n")
    written(tmp_path, "policy.d/more/1.policy", "qubes.ClipboardPaste * b @anyvm allow\n")
    written(tmp_path, "policy.d/old/paste", "c $anyvm ask\n")
    assert [action(tmp_path, source, "z") for source in "abcd"] == [
        Action.DENY,
        Action.ALLOW,
        Action.ASK,
        Action.DENY,
    ]


def test_decide_reads_the_older_form_of_qubes_os_after_the_others(tmp_path: Path) -> None:
    written(
        tmp_path,
        "qubes-rpc/policy/qubes.ClipboardPaste",
        "vault $anyvm deny\n$tag:x y allow,notify=yes\n$anyvm work ask\n",
    )
    assert action(tmp_path, "vault", "work") is Action.DENY
    assert action(tmp_path, "other", "work") is Action.ASK
    assert action(tmp_path, "other", "third") is Action.DENY
    written(tmp_path, "clipboard.toml", '[[rule]]\nsource = "vault"\ntarget = "work"\naction = "allow"\n')
    assert action(tmp_path, "vault", "work") is Action.ALLOW


def test_decide_where_tags_are_not_known_denies_what_meets_such_a_rule_first(tmp_path: Path) -> None:
    text = '[[rule]]\nsource = "work"\ntarget = "*"\naction = "allow"\n'
    text += '[[rule]]\nsource = "@tag:x"\ntarget = "*"\naction = "deny"\n'
    text += '[[rule]]\nsource = "*"\ntarget = "*"\naction = "allow"\n'
    (tmp_path / "clipboard.toml").write_text(text)
    unknown = Policy(tmp_path, lambda _qube: Traits(known=False))
    assert unknown.decide("work", "play").action is Action.ALLOW
    refused = unknown.decide("play", "work")
    assert refused.action is Action.DENY
    assert "@tag:x" in refused.why
    assert Policy(tmp_path, lambda _qube: Traits()).decide("play", "work").action is Action.ALLOW


def of_qubes(folder: Path, source: str) -> Action:
    """A paste by the files of Qubes OS, all of which are under `folder`."""
    policy = Policy(folder / "etc/qubes", lambda _qube: Traits(known=False), of_qubes=True, this_boot=folder / "run")
    return policy.decide(source, "work").action


def test_decide_by_the_files_of_qubes_os_without_any_denies(tmp_path: Path) -> None:
    assert of_qubes(tmp_path, "vault") is Action.DENY
    (tmp_path / "etc/qubes/policy.d").mkdir(parents=True)
    assert of_qubes(tmp_path, "vault") is Action.DENY


def test_decide_by_the_files_of_qubes_os_counts_those_of_this_boot_first(tmp_path: Path) -> None:
    """One of the same name takes the other's place."""
    written(tmp_path, "etc/qubes/policy.d/30-user.policy", "qubes.ClipboardPaste * vault @anyvm allow\n")
    written(tmp_path, "etc/qubes/policy.d/90-default.policy", "qubes.ClipboardPaste * @anyvm @anyvm ask\n")
    assert [of_qubes(tmp_path, source) for source in ("vault", "other")] == [Action.ALLOW, Action.ASK]
    written(tmp_path, "run/10-now.policy", "qubes.ClipboardPaste * other @anyvm deny\n")
    assert [of_qubes(tmp_path, source) for source in ("vault", "other")] == [Action.ALLOW, Action.DENY]
    written(tmp_path, "run/30-user.policy", "qubes.ClipboardPaste * vault @anyvm deny\n")
    assert of_qubes(tmp_path, "vault") is Action.DENY


def test_decide_by_the_files_of_qubes_os_counts_those_of_4_0_where_they_are_named(tmp_path: Path) -> None:
    written(tmp_path, "etc/qubes-rpc/policy/qubes.ClipboardPaste", "vault $anyvm deny\nearly $anyvm deny\n")
    written(tmp_path, "etc/qubes/policy.d/30-user.policy", "qubes.ClipboardPaste * early @anyvm allow\n")
    written(tmp_path, "etc/qubes/policy.d/90-default.policy", "qubes.ClipboardPaste * @anyvm @anyvm ask\n")
    assert of_qubes(tmp_path, "vault") is Action.ASK
    written(tmp_path, "etc/qubes/policy.d/35-compat.policy", "!compat-4.0\n")
    assert [of_qubes(tmp_path, source) for source in ("vault", "early", "other")] == [
        Action.DENY,
        Action.ALLOW,
        Action.ASK,
    ]


def test_decide_passes_over_an_included_service_with_another_argument(tmp_path: Path) -> None:
    written(tmp_path, "policy.d/30-user.policy", "!include-service qubes.ClipboardPaste +extra include/x\n")
    written(tmp_path, "policy.d/include/x", "$anyvm $anyvm allow\n")
    assert action(tmp_path, "vault", "work") is Action.DENY
