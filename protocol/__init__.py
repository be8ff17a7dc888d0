"""The Qubes GUI protocol 1.8 as pure functions of bytes; knows no socket, no clock, no display, and no other room.

`wire` (construct) defines every layout; `formats` is generated from it, so nothing on a hot path imports construct.
`messages` is the one table of facts; lengths, dispatch, the page docs/protocol.md and the tests are derived from it.
"""
