"""The local AWS for tests: Personalize alone in this process, or everything in a process of its own.

`personalize_local.pytest_plugin` makes fixtures of both.
"""
