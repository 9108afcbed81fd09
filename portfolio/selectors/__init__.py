"""Reads across projects, programs, portfolios and products."""
