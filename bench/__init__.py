"""How fast the project is, each figure beside that of a peer: `make bench`.

Each module with a function `rows` measures one part; `processes` runs public tools for it. `figures` keeps
what they find in `results`, and `page` makes docs/performance.md from that alone.
"""
