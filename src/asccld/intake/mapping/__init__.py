"""From the extracts of a case management system to a submission: a mapping file says how, and nothing else does.

`submission` is the way in. `model` is what may stand in the file, `loading` reads it, `proving` compares it with the
standard. `running` takes the extracts through the steps: `extracts`, `joining`, `values`, `deriving`, `writing`; and
`report` says what became of every row and every local value.
"""
