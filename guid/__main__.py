"""`python -m guid`: the command line."""

import sys

from guid.cli import main

if __name__ == "__main__":
    sys.exit(main())
