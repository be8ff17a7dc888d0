"""The system call filter of a local qube, as a classic BPF program. Pure: must not install it or look at a machine."""

from __future__ import annotations

import errno
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from guid.engines.errors import MachineUnsupported

ALLOWED_FAMILIES: Final = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: those that a network namespace confines and that programs use. AF_VSOCK is
the reason for the list: it leads to the hypervisor, past the network namespace; others (AF_ALG, AF_BLUETOOTH, ...) are
kernel code for nothing."""


@dataclass(frozen=True, slots=True)
class Machine:
    """System call numbers of one processor. audit_arch: its AUDIT_ARCH_* value. x32_bit: first of a second ABI or 0."""

    audit_arch: int
    x32_bit: int
    socket: int
    refused: Mapping[str, int]


_COMMON: Final = {"io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427}
"""io_uring makes sockets without the system call that is filtered."""

_X86_64: Final = Machine(
    audit_arch=0xC000003E,
    x32_bit=0x40000000,
    socket=41,
    refused=MappingProxyType(
        _COMMON
        | {
            "syslog": 103,  # the host's kernel log
            "add_key": 248,  # kernel keyrings: the starting session's own is inherited through every namespace
            "request_key": 249,
            "keyctl": 250,
            "perf_event_open": 298,
            "open_by_handle_at": 304,
            "kcmp": 312,
            "bpf": 321,
            "userfaultfd": 323,
        }
    ),
)


def _generic(audit_arch: int) -> Machine:
    refused = _COMMON | {
        "syslog": 116,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "perf_event_open": 241,
        "open_by_handle_at": 265,
        "kcmp": 272,
        "bpf": 280,
        "userfaultfd": 282,
    }
    return Machine(audit_arch=audit_arch, x32_bit=0, socket=198, refused=MappingProxyType(refused))


MACHINES: Final[Mapping[str, Machine]] = MappingProxyType(
    {"x86_64": _X86_64, "aarch64": _generic(0xC00000B7), "riscv64": _generic(0xC00000F3)}
)
"""By `uname -m`. Source: Linux uapi/linux/audit.h, arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h."""

_NUMBER_OFFSET, _ARCH_OFFSET, _ARGUMENT_OFFSET = 0, 4, 16
"""Where struct seccomp_data keeps the number, the architecture and (its low half) the first argument, little endian."""
_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000

_INSTRUCTION: Final = struct.Struct("=HBBI")
"""struct sock_filter: code, jump if true, jump if false, operand. Source: include/uapi/linux/filter.h."""


def filter_program(machine_name: str) -> bytes:
    """Return the filter for `machine_name` (as `uname -m` says), the form in which bwrap --seccomp takes it.

    A foreign ABI (32-bit programs on x86_64) is ended, because its one multiplexed socket call cannot be judged here.
    Raises MachineUnsupported.
    """
    machine = MACHINES.get(machine_name)
    if machine is None:
        known = ", ".join(sorted(MACHINES))
        raise MachineUnsupported(f"no system call filter for a {machine_name} processor (there is one for: {known})")
    return b"".join(
        _INSTRUCTION.pack(*each)
        for each in (
            (_LOAD, 0, 0, _ARCH_OFFSET),
            (_JUMP_EQUAL, 1, 0, machine.audit_arch),
            (_RETURN, 0, 0, _KILL),
            (_LOAD, 0, 0, _NUMBER_OFFSET),
            *_refuse_from(machine.x32_bit),
            *(step for number in machine.refused.values() for step in _refuse(number, errno.EPERM)),
            *_socket_families(machine.socket),
            (_RETURN, 0, 0, _ALLOW),
        )
    )


def _refuse_from(first: int) -> Sequence[tuple[int, int, int, int]]:
    if not first:
        return ()
    return ((_JUMP_GREATER_EQUAL, 0, 1, first), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS))


def _refuse(number: int, code: int) -> Sequence[tuple[int, int, int, int]]:
    return ((_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | code))


def _socket_families(number: int) -> Sequence[tuple[int, int, int, int]]:
    count = len(ALLOWED_FAMILIES)
    return (
        (_JUMP_EQUAL, 0, count + 2, number),
        (_LOAD, 0, 0, _ARGUMENT_OFFSET),
        *((_JUMP_EQUAL, count - index, 0, family) for index, family in enumerate(ALLOWED_FAMILIES)),
        (_RETURN, 0, 0, _ERRNO | errno.EAFNOSUPPORT),
    )
