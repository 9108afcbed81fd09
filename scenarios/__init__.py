"""What if: scenarios, limits, the optimizer, comparison, publishing."""
