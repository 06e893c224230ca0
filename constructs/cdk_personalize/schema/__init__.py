"""Schemas: the columns of datasets."""
