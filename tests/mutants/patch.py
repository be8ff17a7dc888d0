"""Puts a defective part in a good one's place; knows no defect."""

from typing import Any


def replace(owner: Any, name: str, wrong: Any) -> Any:
    """Set an attribute that must exist, and return what was there."""
    right = getattr(owner, name)
    setattr(owner, name, wrong)
    return right
