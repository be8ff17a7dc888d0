"""The qube's tray: a process of its own that turns icons of programs into windows which the agent docks."""
