"""Attacks of the Qubes security bulletins that concern windows and input, replayed on the real daemon."""
