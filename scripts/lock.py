"""Rewrites the three lock files from pyproject.toml; needs pip-tools on PATH, and knows nothing of the code.

`requirements-dev.lock` holds everything, `requirements.lock` what a user needs, `requirements-build.lock` what the
source build of pycairo needs. The last two are cut out of the first, so a version can never differ between them.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    *("pip-compile", "--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--extra", "dev", "--extra", "build"),
]
HEADER = "# Written by scripts/lock.py from pyproject.toml; do not edit. Every file is checked against its hash.\n"
ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==.*(?:\n[ ]{4}.*)*\n", re.MULTILINE)
VIA = re.compile(r"#\s+(?:via\s+)?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\(|$)", re.MULTILINE)


def normalized(requirement: str) -> str:
    """The bare project name of a requirement, in the index's spelling."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]).lower()


def closure(entries: dict[str, str], roots: set[str]) -> set[str]:
    """The names in `entries` that are in `roots` or needed by one of them, by the lock's own "via" notes."""
    wanted = set(roots)
    while True:
        more = {name for name, text in entries.items() if wanted & set(VIA.findall(text))} - wanted
        if not more:
            return wanted
        wanted |= more


def main() -> int:
    whole = ROOT / "requirements-dev.lock"
    subprocess.run([*COMPILE, "--output-file", str(whole), "pyproject.toml"], cwd=ROOT, check=True)
    text = whole.read_text()
    entries = {normalized(match["name"]): match[0] for match in ENTRY.finditer(text)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    cuts = {
        "requirements.lock": project["dependencies"],
        "requirements-build.lock": project["optional-dependencies"]["build"],
    }
    for name, requirements in cuts.items():
        wanted = closure(entries, {normalized(requirement) for requirement in requirements})
        (ROOT / name).write_text(HEADER + "".join(entries[key] for key in sorted(wanted)))
    whole.write_text(HEADER + "".join(entries[key] for key in sorted(entries)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
