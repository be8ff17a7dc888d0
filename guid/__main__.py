"""`python -m guid`: the command line."""

import gc
import sys


def main() -> int:
    """Run `vitrail`; returns the exit code."""
    gc.disable()  # while modules load, nothing is garbage; what is loaded enables it again
    from guid.cli import main as run  # noqa: PLC0415 - after the line above

    return run()


if __name__ == "__main__":
    sys.exit(main())
