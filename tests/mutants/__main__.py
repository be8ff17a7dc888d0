"""`python -m tests.mutants NAME ARGUMENT…`: the command `vitrail` with the defect of that name."""

import importlib
import sys

from guid.cli import main

if __name__ == "__main__":
    importlib.import_module(f"tests.mutants.{sys.argv[1]}").mutate()
    sys.exit(main(sys.argv[2:]))
