"""Junk and malice against the pure parts, seconds long in CI and longer by hand."""
