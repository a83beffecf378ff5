"""Tables for persons to be forgotten."""
