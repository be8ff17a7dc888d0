"""The suite of the protocol room: vectors first, then pairs, then properties."""
