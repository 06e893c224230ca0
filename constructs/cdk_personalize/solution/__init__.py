"""The `Solution` construct."""
