"""Finds Xen's C libraries on this system; must not know what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from shm.errors import TransportError

VCHAN_NAMES: Final = ("libxenvchan.so", *(f"libxenvchan.so.4.{minor}" for minor in range(24, 13, -1)))
"""The soname changes with each release of Xen; the functions that we use have not. The plain name is a developer's."""
GRANT_NAMES: Final = ("libxengnttab.so.1",)
STORE_NAMES: Final = ("libxenstore.so.4", "libxenstore.so.3.0")


@cache
def ffi() -> Any:
    """The interface to C. Raises TransportError if cffi's backend is not installed."""
    try:
        from shm.xen.abi import ffi as found  # noqa: PLC0415 - only who uses Xen needs it
    except ImportError as error:
        raise TransportError("Xen needs python3-cffi-backend, which is not installed") from error
    return found


@cache
def vchan() -> Any:
    """The libxenvchan library. Raises TransportError, with the package's name, if there is none; so do the others."""
    return _load(VCHAN_NAMES, "libxenmisc4.17 (or the one of your release of Xen)")


@cache
def grants() -> Any:
    """The libxengnttab library, which grants pages and maps granted ones."""
    return _load(GRANT_NAMES, "libxengnttab1")


@cache
def store() -> Any:
    """The libxenstore library."""
    return _load(STORE_NAMES, "libxenstore4")


@cache
def c_library() -> Any:
    """The C library of this process."""
    return ffi().dlopen(None)


def _load(names: Sequence[str], package: str) -> Any:
    for name in names:
        try:
            return ffi().dlopen(name)
        except OSError:
            continue
    raise TransportError(f"{names[-1]} is not here: install {package}")
