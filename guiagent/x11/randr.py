"""Requests of RandR that python-xlib cannot pack. It must not know what they are for.

Source: RandR 1.5, RRCreateMode and RRSetMonitor.
"""

from __future__ import annotations

from Xlib.protocol import rq


class CreateMode(rq.ReplyRequest):
    """python-xlib's own does not count the letters of the name."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(16),
        rq.RequestLength(),
        rq.Window("window"),
        rq.Card32("id"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card32("dot_clock"),
        rq.Card16("h_sync_start"),
        rq.Card16("h_sync_end"),
        rq.Card16("h_total"),
        rq.Card16("h_skew"),
        rq.Card16("v_sync_start"),
        rq.Card16("v_sync_end"),
        rq.Card16("v_total"),
        rq.LengthOf("name", 2),
        rq.Card32("flags"),
        rq.String8("name"),
    )
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card32("mode"),
        rq.Pad(20),
    )


class SetMonitor(rq.Request):
    """python-xlib's own packs no outputs."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(43),
        rq.RequestLength(),
        rq.Window("window"),
        rq.Card32("name"),
        rq.Bool("primary"),
        rq.Bool("automatic"),
        rq.LengthOf("outputs", 2),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card32("width_mm"),
        rq.Card32("height_mm"),
        rq.List("outputs", rq.Card32Obj),
    )
