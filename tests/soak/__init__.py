"""Qubes at work for a long time: what they cost must stay what it is. By hand: `make soak MINUTES=60`."""
