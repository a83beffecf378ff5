"""Tables for deputies and what channels may see."""
