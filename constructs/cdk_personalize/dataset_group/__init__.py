"""Dataset groups, as arguments of other constructs."""
