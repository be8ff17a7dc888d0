"""docs/frames.md: what users are told to copy is what the tests run."""

from tests.architecture.source import ROOT
from tests.harness.wm import AWESOME

FENCE = "```"


def test_page_has_the_lines_for_awesome_that_the_tests_run() -> None:
    page = (ROOT / "docs" / "frames.md").read_text(encoding="utf-8")
    part = page.partition("<!-- qubes.lua: begin -->\n")[2].partition("\n<!-- qubes.lua: end -->")[0]
    assert part == f"{FENCE}lua\n{(AWESOME / 'qubes.lua').read_text(encoding='utf-8')}{FENCE}"
