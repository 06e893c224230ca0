"""What every kind of resource goes through: the lifecycle of a request, and its stack."""
