"""Recipes and the catalog of their facts."""
