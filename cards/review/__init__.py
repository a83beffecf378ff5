"""The monthly review: what stands on its pages, and the files and the card that it becomes."""
