"""The hidden dataset of a dataset group that an event tracker makes, as a kind of resource."""
