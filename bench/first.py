"""The floor of a start: `python -m bench.first DISPLAY PIXEL X Y W H` maps one window; must not import what is ours."""

import sys

from bench.client import Client, map_window


def main(display: str, pixel: int, rect: tuple[int, int, int, int]) -> None:
    """Show a window of the desktop until stdin ends."""
    with Client(display) as client:
        window, create = client.window(rect, pixel=pixel, override_redirect=True)
        client.send(create + map_window(window))
        sys.stdin.read()


if __name__ == "__main__":
    x, y, width, height = (int(part) for part in sys.argv[3:7])
    main(sys.argv[1], int(sys.argv[2]), (x, y, width, height))
