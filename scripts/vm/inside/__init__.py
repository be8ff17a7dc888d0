"""What runs inside the virtual machines; standard library only."""
