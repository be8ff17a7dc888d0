"""The files of a qube's /etc that are written for it instead of shown from the host. Pure: must not read the host's."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from guid.engines.sandbox import INSIDE_GID, INSIDE_HOME, INSIDE_UID, INSIDE_USER


def etc_files(name: str, host_machine_id: bytes, nameserver: str | None = None) -> Mapping[str, bytes]:
    """Return path → content for qube `name`; host_machine_id as `machine_id` takes it.

    nameserver: whom the qube asks for names, an IP address; None: it has no network.
    """
    files = {
        "/etc/passwd": (
            "root:x:0:0:root:/root:/usr/sbin/nologin\n"
            f"{INSIDE_USER}:x:{INSIDE_UID}:{INSIDE_GID}:{name}:{INSIDE_HOME}:/bin/bash\n"
            "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
        ).encode(),
        "/etc/group": f"root:x:0:\ntty:x:5:\n{INSIDE_USER}:x:{INSIDE_GID}:\nnogroup:x:65534:\n".encode(),
        "/etc/hosts": f"127.0.0.1 localhost\n127.0.1.1 {name}\n::1 localhost\n".encode(),
        "/etc/hostname": f"{name}\n".encode(),
        "/etc/nsswitch.conf": _NSSWITCH % (b"" if nameserver is None else b" dns"),
        "/etc/machine-id": machine_id(name, host_machine_id).encode() + b"\n",
        "/etc/bash.bashrc": _BASHRC,
    }
    if nameserver is not None:
        files["/etc/resolv.conf"] = f"nameserver {nameserver}\n".encode()
    return files


def machine_id(name: str, host_machine_id: bytes) -> str:
    """Return 32 hex digits: the same for a qube at every start, another for every qube and every host.

    Derived one way, so that programs of two qubes cannot tell that they share a host.
    Source: machine-id(5), "application-specific ID": a keyed hash, marked as a version 4 UUID.
    """
    digest = bytearray(
        hmac.digest(host_machine_id.strip() or b"vitrail", b"vitrail qube " + name.encode(), hashlib.sha256)[:16]
    )
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return digest.hex()


_NSSWITCH = b"""\
passwd: files
group: files
shadow: files
hosts: files%b
networks: files
protocols: files
services: files
"""

_BASHRC = rb"""case $- in *i*) ;; *) return ;; esac
shopt -s checkwinsize
PS1='\u@\h:\w\$ '
"""
