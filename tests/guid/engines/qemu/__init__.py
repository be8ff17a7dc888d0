"""The qemu engine, without starting a machine."""
