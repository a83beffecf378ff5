"""Tables for what is on its way out of the bot."""
