"""Why this before that: scoring models, drivers, criteria, weights, ranking."""
