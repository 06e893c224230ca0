"""A dashboard of pipelines, solutions and campaigns."""
