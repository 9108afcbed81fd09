"""Pure functions about what is told and when."""
