"""What the Teams app package is made of: texts, icons, and the schemas it is checked against."""
