"""MSG_MAP of a window that is mapped already changes the X window's override-redirect, and nothing else."""

import struct

from Xlib import X

from guid.core import effects as fx
from guid.core import sanitize
from guid.core.effects import Effects
from guid.core.session import HANDLERS, Session
from guid.core.values import Kind, RemoteId
from guid.core.window import State
from guid.x11.frame import CHANGE_WINDOW_ATTRIBUTES
from guid.x11.shell import Shell
from protocol.messages import MessageType
from tests.mutants.patch import replace


def mutate() -> None:
    def map_again(session: Session, remote: RemoteId, /, *, untrusted_body: bytes) -> Effects:
        window = session.windows[remote]
        if window.state is not State.MAPPED:
            return right(session, remote, untrusted_body=untrusted_body)
        popup = sanitize.map_request(untrusted_body=untrusted_body).override_redirect
        kind = Kind.POPUP if popup else Kind.MANAGED
        return [fx.ChangeKind(remote, kind, window.granted.outer, window.extents)]

    def only_the_attribute(shell: Shell, effect: fx.ChangeKind) -> None:
        outer, popup = shell.outers.frames[effect.window].outer, int(effect.kind is Kind.POPUP)
        request = struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, outer, X.CWOverrideRedirect, popup)
        shell._desktop.x.send(request, 1)

    right = HANDLERS[MessageType.MAP]
    HANDLERS[MessageType.MAP] = map_again
    replace(Shell, "_change_kind", only_the_attribute)
