"""The system call filter, run by a small interpreter of classic BPF."""

import errno
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.engines.errors import MachineUnsupported
from guid.engines.syscalls import ALLOWED_FAMILIES, MACHINES, Machine, filter_program

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
NAMES = st.sampled_from(sorted(MACHINES))
AF_VSOCK = 40


def run(program: bytes, number: int, arch: int, argument: int = 0) -> int:
    """Return what `program` says to a call, as the kernel would run it. Source: Linux, networking/filter.rst."""
    data = struct.pack("<IIQQ", number, arch, 0, argument)
    steps = list(struct.iter_unpack("=HBBI", program))
    at, accumulator = 0, 0
    while True:
        code, if_true, if_false, operand = steps[at]
        at += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, operand)
            case 0x15:
                at += if_true if accumulator == operand else if_false
            case 0x35:
                at += if_true if accumulator >= operand else if_false
            case 0x06:
                return int(operand)
            case _:
                raise AssertionError(f"code {code:#x}")


@given(NAMES, st.integers(0, 600), st.integers(0, 2**64 - 1))
def test_filter_any_call_is_judged_by_the_table(name: str, number: int, argument: int) -> None:
    machine = MACHINES[name]
    verdict = run(filter_program(name), number, machine.audit_arch, argument)
    assert verdict == expected(machine, number, argument)


def expected(machine: Machine, number: int, argument: int) -> int:
    if number in machine.refused.values():
        return ERRNO | errno.EPERM
    if number == machine.socket and argument & 0xFFFFFFFF not in ALLOWED_FAMILIES:
        return ERRNO | errno.EAFNOSUPPORT
    return ALLOW


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_filter_socket_families(name: str) -> None:
    machine, program = MACHINES[name], filter_program(name)
    for family in range(64):
        allowed = run(program, machine.socket, machine.audit_arch, family) == ALLOW
        assert allowed == (family in ALLOWED_FAMILIES), family
    high_bits_do_not_help = run(program, machine.socket, machine.audit_arch, 1 << 32 | AF_VSOCK)
    assert high_bits_do_not_help == ERRNO | errno.EAFNOSUPPORT


def test_filter_foreign_architecture_is_ended() -> None:
    assert run(filter_program("x86_64"), 1, 0x40000003) == KILL  # AUDIT_ARCH_I386


def test_filter_second_abi_of_x86_64_is_absent() -> None:
    x86_64 = MACHINES["x86_64"]
    assert run(filter_program("x86_64"), 0x40000000 + x86_64.socket, x86_64.audit_arch) == ERRNO | errno.ENOSYS
    assert run(filter_program("aarch64"), 0x40000000, MACHINES["aarch64"].audit_arch) == ALLOW


def test_filter_unknown_machine_says_which_are_known() -> None:
    with pytest.raises(MachineUnsupported, match="aarch64, riscv64, x86_64"):
        filter_program("m68k")
