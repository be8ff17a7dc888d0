"""`python -m guid.dropin`: the command line of `vitrail-guid`."""

import sys

from guid.dropin.command import main

if __name__ == "__main__":
    sys.exit(main())
