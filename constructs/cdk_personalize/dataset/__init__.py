"""Datasets: the data of a dataset group."""
