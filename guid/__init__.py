"""The trusted side: one daemon per qube, the supervisor that owns them, and the engines that start qubes."""
