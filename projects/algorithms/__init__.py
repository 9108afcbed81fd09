"""Pure numbers about projects: no database, no clock."""
