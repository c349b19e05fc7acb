"""The stages of a run, which commands join: search, train, export, evaluate."""
