"""How fast the project is, each figure beside that of a peer: `make bench`.

`start`, `asset`, `imports`, `synthesis`, `deploys`, `costs` and `simulator` each measure a part, and
`suite` does on request; `processes`, `import_times` and `system_calls` have public tools do it. What they
find, a `Row` of the table or a `Series` for a plot, is kept in `results` by `record`. From that alone `page`,
with `summary`, `plots` and `markdown`, makes docs/performance.md.
"""
