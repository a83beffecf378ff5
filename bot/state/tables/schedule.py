"""Tables for schedules, their runs, subscriptions, alerts, targets and stories."""
