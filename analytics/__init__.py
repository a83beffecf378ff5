"""The analytics layer: from files and platforms to numbers that can be trusted. Knows neither Teams nor cards."""
