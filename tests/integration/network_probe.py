"""What a qube reaches, tried from inside: `network_probe.py OUT HOST:PORT… @ABSTRACT…` writes JSON, name → reached."""

import json
import os
import socket
import sys

TIMEOUT_S = 10.0


def reached(where: str) -> bool:
    """Whether whoever listens there says something."""
    abstract = where.startswith("@")
    with socket.socket(socket.AF_UNIX if abstract else socket.AF_INET) as client:
        client.settimeout(TIMEOUT_S)
        host, _, port = where.partition(":")
        try:
            client.connect("\0" + where[1:] if abstract else (host, int(port)))
            return client.recv(5) == b"hello"
        except OSError:
            return False


def main(out: str, *places: str) -> None:
    found = {where: reached(where) for where in places}
    with open(out + ".new", "w", encoding="ascii") as file:  # noqa: PTH123
        json.dump(found, file)
    os.replace(out + ".new", out)  # noqa: PTH105


if __name__ == "__main__":
    main(*sys.argv[1:])
