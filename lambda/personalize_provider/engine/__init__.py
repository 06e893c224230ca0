"""The lifecycle of a request, which is the same for every kind of resource."""
