"""Which version of Vitrail this is: the one place that says it (pyproject.toml and the packages read it from here)."""

from typing import Final

VERSION: Final = "0.1.0.dev0"
"""Of the code that a process has loaded, which may be older than what is installed now. Source: PEP 440."""
