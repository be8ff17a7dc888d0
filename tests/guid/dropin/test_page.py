"""docs/deploy-qubes.md tells of the options and settings that there are."""

from scripts.dropin_page import PAGE, written


def test_page_has_the_tables_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "| `windows_count_limit` | `1024` |" in page
    assert "| `-d ID`, `--domid ID` |" in page
    assert written(page) == page
