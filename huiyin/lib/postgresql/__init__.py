"""Django's PostgreSQL backend, a little cheaper, and statements that are compiled and planned once."""
