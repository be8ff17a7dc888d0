"""What is said to an object of ours on a message bus, and what it answers; must not know how it travels.

Source: D-Bus specification, message types and standard errors.
"""

from __future__ import annotations

from typing import Any, NamedTuple

FAILURES = "org.freedesktop.DBus.Error."
UNKNOWN_OBJECT = FAILURES + "UnknownObject"
UNKNOWN_INTERFACE = FAILURES + "UnknownInterface"
UNKNOWN_METHOD = FAILURES + "UnknownMethod"
UNKNOWN_PROPERTY = FAILURES + "UnknownProperty"
PROPERTY_READ_ONLY = FAILURES + "PropertyReadOnly"
INVALID_ARGUMENTS = FAILURES + "InvalidArgs"


class Call(NamedTuple):
    """Somebody calls a method. interface: "" if they do not say which. body: as `signature` says."""

    path: str
    interface: str
    member: str
    signature: str
    body: tuple[Any, ...]


class Signal(NamedTuple):
    """Somebody tells. sender: the bus itself vouches for it."""

    sender: str
    interface: str
    member: str
    signature: str
    body: tuple[Any, ...]


class Reply(NamedTuple):
    """What a method returns; body as `signature` says."""

    signature: str = ""
    body: tuple[Any, ...] = ()


class Refusal(NamedTuple):
    """Why it returns nothing. name: of the error. text: for whoever looks into it; nothing that the caller said."""

    name: str
    text: str
