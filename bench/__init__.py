"""How fast the project is, each figure beside that of a peer: `make bench`.

Each part is a function that measures and returns rows. `page` keeps them in `results`, and makes
docs/performance.md from those files alone.
"""
