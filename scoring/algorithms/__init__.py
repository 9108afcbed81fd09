"""Why this before that, in numbers: formulas, weights, ranks and how firm they are. No Django."""
