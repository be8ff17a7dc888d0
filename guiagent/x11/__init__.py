"""The hands of the agent on the qube's X server. It must not decide anything that a value in core could decide."""
