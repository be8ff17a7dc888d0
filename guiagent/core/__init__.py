"""Decisions of the agent as plain values. It must not know X, sockets, files or the clock."""
