"""The untrusted side: shows the windows of one qube to the daemon. It must not know desktop, label or frame."""
