"""The simulated resources, one module for each kind."""
