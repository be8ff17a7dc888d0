"""`python -m tests.parity`: write docs/parity.md anew."""

from tests.parity.page import write
from tests.parity.rows import rows_of

if __name__ == "__main__":
    write(rows_of())
