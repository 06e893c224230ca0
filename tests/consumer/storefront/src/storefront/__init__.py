"""Somebody's app, in a layout of their own."""
