"""Real programs in real local qubes, tried from the desktop as a person would; docs/apps.md is written from a run."""
