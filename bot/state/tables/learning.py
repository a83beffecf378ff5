"""Tables for words that could not be read, what they were taught to mean, and answers that were checked."""
