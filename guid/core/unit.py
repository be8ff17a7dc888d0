"""The systemd user unit of the supervisor, as text; must not know where it is written to.

Source: systemd.unit(5), systemd.service(5), systemd.exec(5), version 252.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

NAME: Final = "vitrail.service"

_UNIT: Final = """\
[Unit]
Description=Vitrail, the windows of isolated qubes
Documentation=man:vitrail(1)
# DISPLAY and XAUTHORITY are those that the session gave its user manager before it reached this target.
PartOf=graphical-session.target
After=graphical-session.target

[Service]
Type=notify
ExecStart={command} supervise
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=1
# Qubes end in order when the supervisor is asked to end; what is left after that, at once.
KillMode=mixed
TimeoutStopSec=40
# Each qube has a control group of its own. One that has no memory left ends alone, not the service with it.
Delegate=yes
OOMPolicy=continue
# Nothing here may make a mount namespace or a user namespace: bubblewrap makes those of the qubes.
NoNewPrivileges=yes
RestrictRealtime=yes
UMask=0077

[Install]
WantedBy=graphical-session.target
"""


def unit_text(command: Sequence[str]) -> str:
    """The unit. command: the absolute path of `vitrail`, or of an interpreter and what makes it that."""
    return _UNIT.format(command=" ".join(_word(each) for each in command))


def _word(text: str) -> str:
    """One word of a command line as systemd reads it. Source: systemd.service(5), command lines."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return plain if plain.replace("/", "").replace("-", "").replace(".", "").isalnum() else f'"{plain}"'
