"""Privacy needs no table of its own: the audit keeps marks, and the list of erased people lies beside the data."""
