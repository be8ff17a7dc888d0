"""The qube's tray: a process of its own that turns icons of programs into docked windows (ADR 58, 59)."""
