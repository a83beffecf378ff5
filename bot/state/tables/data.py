"""Tables for files on their way in and what their values were mapped to."""
