"""What the tests stand on: X servers, window managers, processes, pixels, waiting. Knows no room's internals."""
