"""Shared memory and what rides on it: the pool, the byte channels, the X connection; knows no window and no policy."""
