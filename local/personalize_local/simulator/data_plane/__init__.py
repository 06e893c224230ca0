"""The operations of personalize-runtime and personalize-events."""
