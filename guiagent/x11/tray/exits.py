"""How the tray's process ends; must not know what it does."""

EXIT_DONE, EXIT_TAKEN, EXIT_FAILED, EXIT_LOST = 0, 3, 4, 5
"""It was told to end; another program is the tray; anything else; its connection to X was ended."""
