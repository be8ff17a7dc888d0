"""guid/core/versions.py: what a person reads when a command meets a supervisor of another version."""

from guid.core.versions import difference, facts


def test_the_same_version_says_nothing() -> None:
    assert difference("1.2", facts("1.2", pid=1, service=False)) == ""


def test_another_version_is_named_with_the_commands_that_change_over() -> None:
    said = difference("1.3", facts("1.2", pid=1, service=False))
    assert "1.2" in said
    assert "1.3" in said
    assert "vitrail stop --all" in said


def test_a_service_is_started_anew_by_its_manager() -> None:
    assert "systemctl --user restart vitrail" in difference("1.3", facts("1.2", pid=1, service=True))


def test_a_supervisor_that_says_nothing_of_itself_is_another_version() -> None:
    assert "does not say" in difference("1.3", None)
