"""Tables for feedback and one-time links."""
