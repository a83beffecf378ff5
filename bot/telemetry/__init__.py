"""What the bot tells about itself: one event a turn, counters, metrics, traces; never what somebody wrote."""
