"""How the tables of `feedback/algorithms/data` are made: `python -m bench.training`, offline, from labelled texts.

The texts lie beside the project (`../shared/data/feedback/train`, or `FEEDBACK_TEXTS`) and are never copied into it.
What is derived from them are weights. scikit-learn and SciPy serve here alone: nothing that runs needs them.
"""
