"""Tables for schedules and their runs."""
