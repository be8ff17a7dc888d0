"""Windows as the C daemon makes them, with the properties it gives them and in its order; knows nothing of ours.

Source: qubes-gui-daemon 4.3, the making of a window; observed behind a proxy of the X protocol.
"""

from typing import Any

from Xlib import X, Xatom

LABEL_ICON_PX = 128


def c_window(x: Any, qube: str, number: int, rgb: int, rect: tuple[int, int, int, int]) -> Any:
    """A mapped window of that qube, number in the qube, with the icon of its label. x: the daemon's connection."""
    root = x.screen().root
    made = root.create_window(*rect, 0, X.CopyFromParent, background_pixel=0xFFFFFF, override_redirect=0)
    atom = x.intern_atom
    made.set_wm_name("VMapp command")
    made.set_wm_icon_name("Pixmap")
    made.change_property(Xatom.WM_COMMAND, Xatom.STRING, 8, b"")
    made.set_wm_normal_hints(flags=8, min_width=0, min_height=0)
    made.change_attributes(event_mask=X.StructureNotifyMask | X.PropertyChangeMask | X.ExposureMask)
    made.change_property(Xatom.WM_CLIENT_MACHINE, Xatom.STRING, 8, b"dom0")
    made.change_property(atom("_NET_WM_PID"), Xatom.CARDINAL, 32, [1234])
    made.set_wm_protocols([atom("WM_DELETE_WINDOW"), atom("_NET_WM_PING")])
    icon = [LABEL_ICON_PX, LABEL_ICON_PX, *[0xFF000000 | rgb] * LABEL_ICON_PX**2]
    made.change_property(atom("_NET_WM_ICON"), Xatom.CARDINAL, 32, icon)
    made.set_wm_class(qube, qube)
    made.change_property(atom("_QUBES_LABEL"), Xatom.CARDINAL, 8, bytes([6]))
    made.change_property(atom("_QUBES_LABEL_COLOR"), Xatom.CARDINAL, 32, [rgb])
    made.change_property(atom("_QUBES_VMNAME"), Xatom.STRING, 8, qube.encode())
    made.change_property(atom("_QUBES_VMWINDOWID"), Xatom.WINDOW, 32, [number])
    made.map()
    x.sync()
    return made
