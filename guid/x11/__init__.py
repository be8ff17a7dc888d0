"""The shell of the trusted side: does on the desktop's X server what the core decided; has no opinions."""
