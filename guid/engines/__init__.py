"""What starts and stops qubes. Must not know the wire protocol, windows or colours."""
