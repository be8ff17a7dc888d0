"""The X connection that both sides share; it knows no window, no frame and no qube."""
