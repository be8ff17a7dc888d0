"""Byte channels between the daemon and an agent; they know no message."""
