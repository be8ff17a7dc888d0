"""The engine that runs a qube as a virtual machine. Must not know the wire protocol, windows or labels."""
