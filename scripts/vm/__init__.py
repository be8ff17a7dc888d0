"""Virtual machines for tests, from Debian's packages; they know no room of the program."""
