"""Every mutant of the daemon is found at its own place in the scene, and the daemon itself goes through all of it."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from guid.core.oracle import Fault
from tests.harness.pixels import pseudo_random
from tests.harness.processes import ROOT
from tests.harness.stage import ActedQube, Misframed, Stage
from tests.mutants import scene

pytestmark = pytest.mark.desktop

PAGE: Final = ROOT / "docs" / "mutants.md"
TOOLS: Final = {"__init__", "__main__", "paint", "patch", "scene", "test_mutants"}


class Death(NamedTuple):
    """Where a mutant is found first: the step of the scene, and the oracle's word for it."""

    step: Callable[[ActedQube], int]
    fault: Fault


MUTANTS: Final[dict[str, Death]] = {
    "no_frame": Death(scene.a_managed_window, Fault.EDGE_COLOUR),
    "another_qubes_colour": Death(scene.a_managed_window, Fault.OTHER_LABEL),
    "content_not_inset": Death(scene.a_managed_window, Fault.REACHES_OUT),
    "draws_on_outer": Death(scene.a_managed_window, Fault.FRAME_COLOUR),
    "marks_of_another_label": Death(scene.a_managed_window, Fault.MARKS),
    "unnamed": Death(scene.a_managed_window, Fault.UNNAMED),
    "no_tag": Death(scene.a_managed_window, Fault.NO_TAG),
    "another_qubes_name": Death(scene.a_managed_window, Fault.TAG),
    "tag_over_content": Death(scene.a_managed_window, Fault.COVERED),
    "painted_by_damage": Death(scene.a_window_before_its_first_picture, Fault.EDGE_COLOUR),
    "tag_painted_by_damage": Death(scene.a_window_before_its_first_picture, Fault.NO_TAG),
    "popup_without_frame": Death(scene.a_popup, Fault.REACHES_OUT),
    "bare_popup_content": Death(scene.a_popup, Fault.UNNAMED),
    "content_raised": Death(scene.narrower_while_the_daemon_stands_still, Fault.EDGE_COLOUR),
    "no_right_strip": Death(scene.narrower_while_the_daemon_stands_still, Fault.REACHES_OUT),
    "no_bottom_strip": Death(scene.lower_while_the_daemon_stands_still, Fault.REACHES_OUT),
    "title_names_qube": Death(scene.a_title_that_names_a_qube_and_a_colour, Fault.MISNAMED),
    "title_colours_frame": Death(scene.a_title_that_names_a_qube_and_a_colour, Fault.OTHER_LABEL),
    "kind_changes_while_mapped": Death(scene.mapped_again_as_a_popup, Fault.TORN_KIND),
    "popup_over_limit": Death(scene.a_popup_over_the_limit, Fault.TOO_LARGE),
    "popup_off_work_area": Death(scene.a_popup_at_the_panel, Fault.OFF_WORK_AREA),
    "result_not_checked": Death(scene.a_popup_that_somebody_moved, Fault.OFF_WORK_AREA),
    "popup_keeps_its_kind": Death(scene.a_popup_that_grows_over_the_limit, Fault.TOO_LARGE),
    "kind_change_keeps_insets": Death(scene.a_popup_that_grows_over_the_limit, Fault.REACHES_OUT),
    "popups_over_limit": Death(scene.two_popups_that_share_the_work_area, Fault.TOO_LARGE),
    "popup_over_locker": Death(scene.a_popup_while_the_screen_is_locked, Fault.OVER_LOCKER),
    "popup_over_banner": Death(scene.a_popup_under_the_banner_of_a_fullscreen_window, Fault.OVER_BANNER),
    "icon_without_edge": Death(scene.an_icon_in_a_tray, Fault.EDGE_COLOUR),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A desktop on which an innocent qube has a window of another colour."""
    with Stage() as made, made.qube("other", "red") as innocent:
        innocent.agent.show(0x11, (700, 60, 201, 103), pseudo_random(201, 103))
        made.judge("the innocent qube", windows=scene.OTHERS)
        yield made


def test_daemon_goes_through_the_whole_scene(stage: Stage) -> None:
    with stage.qube("work", "blue", arguments=scene.ARGUMENTS, style=scene.STYLE) as qube:
        scene.play(qube)
        qube.lives()


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_found_at_its_own_place(stage: Stage, name: str) -> None:
    with (
        stage.qube(
            "work",
            "blue",
            program=("-m", "tests.mutants", name),
            arguments=scene.ARGUMENTS,
            style=scene.STYLE,
        ) as qube,
        pytest.raises(Misframed) as found,
    ):
        scene.play(qube)
    death = MUTANTS[name]
    finding = found.value.finding
    assert (found.value.step, finding and finding.what) == (scene.name_of(death.step), death.fault), found.value


def test_every_mutant_has_a_place_of_its_own_and_every_module_is_one() -> None:
    assert len(set(MUTANTS.values())) == len(MUTANTS) >= 12
    assert {path.stem for path in Path(__file__).parent.glob("*.py")} - TOOLS == set(MUTANTS)


def test_page_lists_every_mutant() -> None:
    assert PAGE.read_text() == page(), "write it anew: python -m tests.mutants.test_mutants"


def page() -> str:
    """docs/mutants.md."""
    rows = [
        f"| `{name}` | {_defect(name)} | {scene.name_of(death.step)} | {death.fault.value} |"
        for name, death in MUTANTS.items()
    ]
    return "\n".join(
        [
            "# Mutants of the daemon",
            "",
            "Written by `python -m tests.mutants.test_mutants`. Each is the real daemon with one defect",
            "(`tests/mutants/`). All go through the same scene on a real X server under openbox, beside an innocent",
            "qube, while the pixel oracle (`vitrail doctor --oracle`) looks on; the daemon itself passes it. The last",
            "two columns are the first assertion that fails: the step, and what the oracle says of a window there.",
            "",
            "| mutant | its defect | step | the window … |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _defect(name: str) -> str:
    module = importlib.import_module(f"tests.mutants.{name}")
    assert module.__doc__ is not None
    return " ".join(module.__doc__.split())


if __name__ == "__main__":
    PAGE.write_text(page())
