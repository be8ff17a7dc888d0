"""What keeps the global clipboard from working; must not know what is done about it."""


class StoreError(OSError):
    """The clipboard's files cannot be used; the message says which, and why. Never a qube's fault."""
