"""The command line's own parts: what it shows while it works, and the first minute of a new user."""
