"""The agent with an X server that shares no pixmaps."""

import sys

from guiagent.cli import main
from tests.harness.no_pixmaps import deny

if __name__ == "__main__":
    deny()
    sys.exit(main())
