"""Pure functions of the portfolio: no Django, no database."""
