"""`vitrail-guid`: a daemon of ours behind the command line of `qubes-guid`, its files and its ways to start."""
