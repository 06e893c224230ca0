"""Solutions and solution versions."""
