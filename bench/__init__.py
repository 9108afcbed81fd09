"""Figures: what Portolan costs, beside a rival or a floor measured in the same run."""
