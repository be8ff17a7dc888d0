"""The tables of docs/deploy-qubes.md from the code: options and settings of `vitrail-guid`.

`python -m scripts.dropin_page` writes them into the page; a test holds the page equal to what this gives.
"""

from pathlib import Path

from guid.core.guidconf import KEYS, WITHOUT_EFFECT, in_words
from guid.dropin.arguments import TABLE

PAGE = Path(__file__).resolve().parent.parent / "docs" / "deploy-qubes.md"


def options() -> str:
    """Every option, and whether the C daemon has it."""
    lines = ["| option | | |", "|---|---|---|"]
    for row in TABLE:
        value = f" {row.metavar}" if row.metavar else ""
        names = [f"`-{row.short}{value}`"] if row.short else []
        names.append(f"`--{row.long}{value}`")
        lines.append(f"| {', '.join(names)} | {row.about} | {'ours' if row.ours else ''} |")
    return "\n".join(lines)


def settings() -> str:
    """Every setting, its default here, and what the C daemon does with it."""
    lines = ["| setting | default here | the C daemon |", "|---|---|---|"]
    for name, key in KEYS.items():
        lines.append(f"| `{name}` | `{in_words(name, key.default)}` | {key.c} |")
    lines += [f"| `{name}` | no effect: {why} | no effect either |" for name, why in WITHOUT_EFFECT.items()]
    return "\n".join(lines)


def written(page: str) -> str:
    """`page` with the tables as they are now."""
    for name, table in (("options", options()), ("settings", settings())):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = f"{before}{begin}\n{table}\n{end}{after}"
    return page


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
