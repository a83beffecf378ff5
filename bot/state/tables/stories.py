"""Tables for targets set in words, stories and one-time links."""
