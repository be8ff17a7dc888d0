"""Whether the tests of machines are run, and why not; knows no machine."""

import os
from pathlib import Path

from scripts.vm.image import INSTALL, missing_packages

HERE = Path(__file__).parent


def why_not(path: Path) -> str:
    """Why the tests of a file are not run; empty if they are."""
    asked = os.environ.get("VITRAIL_VM", "")
    if "pvh" in path.name:
        return "" if asked == "pvh" else "tried by `make test-vm-pvh`"
    if asked in ("0", "pvh"):
        return f"VITRAIL_VM is {asked}"
    missing = missing_packages()
    if missing and not asked:
        return f"NO VIRTUAL MACHINE WAS TRIED: {', '.join(missing)} missing; run `{INSTALL}`"
    return ""
