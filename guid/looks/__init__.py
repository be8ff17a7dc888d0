"""Looks at this machine for `vitrail doctor`, and returns facts; must not judge them, and changes nothing."""
