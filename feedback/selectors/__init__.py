"""Reads of feedback across its models."""

from feedback.selectors.products import product_model, product_names

__all__ = ["product_model", "product_names"]
