"""How fast the project is, each figure beside that of a peer: `make bench`.

`start`, `imports`, `asset`, `synthesis`, `deploys` and `simulator` each measure a part, in a process of their
own. What they find is kept in `results`, and `page` writes docs/performance.md from that.
"""
