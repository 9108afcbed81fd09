"""Charts of portfolios and products."""
