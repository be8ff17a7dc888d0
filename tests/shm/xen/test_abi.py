"""shm/xen/abi.py is what its declarations make, and names what Xen's libraries have."""

import subprocess
import sys

from shm.xen import libraries
from shm.xen.generate import TARGET, generated


def test_checked_in_table_is_the_generated_one() -> None:
    assert TARGET.read_text() == generated()


def test_structs_lie_as_the_header_says() -> None:
    ffi = libraries.ffi()
    offsets = {name: field.offset for name, field in ffi.typeof("struct vchan_interface").fields}
    assert offsets == {
        "left": 0, "right": 8, "left_order": 16, "right_order": 18,
        "cli_live": 20, "srv_live": 21, "cli_notify": 22, "srv_notify": 23,
    }  # fmt: skip
    assert ffi.offsetof("struct libxenvchan", "event_port") == 24
    assert ffi.offsetof("struct libxenvchan", "read") == 32
    assert ffi.offsetof("struct libxenvchan", "write") == 56


def test_table_needs_no_parser_of_c() -> None:
    """A guest has cffi's backend only."""
    program = "import sys; sys.modules['cffi'] = sys.modules['pycparser'] = None; from shm.xen.abi import ffi"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_nothing_of_xen_is_loaded_by_the_daemon() -> None:
    program = "import sys, guid.loop; sys.exit(any(n.startswith(('_cffi', 'cffi', 'shm.xen')) for n in sys.modules))"
    subprocess.run([sys.executable, "-c", program], check=True)
