"""The global clipboard on the trusted side: what the person copied in one qube, until they paste it in another."""
