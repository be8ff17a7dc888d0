"""The error of an option; knows none."""


class BadOption(ValueError):
    """A key that does not exist, or a value that it cannot have; the message names both. The person's fault."""
