"""What comes in from Teams and goes out to it: checked, counted once, run as a turn, sent within the limits, never lost."""
