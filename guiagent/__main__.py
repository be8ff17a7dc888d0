"""`python -m guiagent`. It knows the command line only."""

import sys

from guiagent.cli import main

if __name__ == "__main__":
    sys.exit(main())
