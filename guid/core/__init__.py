"""The decisions of the trusted side: values and `now` in, values and effects out; no X, no socket, no clock."""
