"""Asks a live Amazon Personalize what this project relies on: `make conformance`.

A question is one object: rules, expected answer, and a function that asks. `questions` has them all. `run`
asks one after another, with names that only this run has, and `cleanup` deletes what it created.
`page` writes the result. All calls are free: no training, campaign, recommender or job.
"""
