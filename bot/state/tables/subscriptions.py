"""Tables for subscriptions, alerts and what came of them."""
