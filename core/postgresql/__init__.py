"""Django's PostgreSQL backend, held to the organization in scope."""
