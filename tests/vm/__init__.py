"""Real boundaries between virtual machines, under software emulation. Run by `make test-vm`."""
