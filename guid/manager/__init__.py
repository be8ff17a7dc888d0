"""A window over all qubes, which speaks only to the supervisor's socket; imports no other room.

It is run by the system's own Python, which has the toolkit (ADR 61): `vitrail manager` starts `__main__`.
"""
