"""Measurements, each printing what it ran on and against what."""
