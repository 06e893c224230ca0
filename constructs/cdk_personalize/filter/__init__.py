"""Filters: expressions that narrow recommendations."""
