"""Cards: pure functions from an Answer to an Adaptive Card."""
