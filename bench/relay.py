"""The floor of a daemon: `python -m bench.relay DISPLAY FD POOL_FD PUTS`; must not look at what it is sent.

Whatever comes in on the socket, it answers with one packed batch, PUTS times 64x64 pixels of the pool and a fence, and
waits for the fence: one wake-up for the message, one for the desktop's answer, as a daemon has.
"""

import socket
import sys

from bench.client import GET_INPUT_FOCUS, Client, map_window, shm_put

PICTURE_PX = (1280, 720)
WINDOW_AT = (2100, 60, *PICTURE_PX)


def main(display: str, channel: socket.socket, pool_fd: int, puts: int) -> int:
    """Serve until the channel closes."""
    with Client(display) as desktop:
        shm, segment = desktop.attach(pool_fd, read_only=True)
        window, create = desktop.window(WINDOW_AT, override_redirect=True)
        desktop.send(create + map_window(window))
        gc = desktop.gc(desktop.root)
        places = [(64 * (number % 16), 64 * (number // 16) % 640, 64, 64) for number in range(puts)]
        put = [shm_put(shm, window, gc, PICTURE_PX, place, desktop.depth, segment) for place in places]
        batch = b"".join(put) + GET_INPUT_FOCUS
        desktop.ask(GET_INPUT_FOCUS)
        channel.send(b"ready")
        while channel.recv(1 << 16):
            desktop.ask(batch)
    return 0


if __name__ == "__main__":
    _, display_name, channel_fd, pool, count = sys.argv
    sys.exit(main(display_name, socket.socket(fileno=int(channel_fd)), int(pool), int(count)))
