"""How often something may be tried: counters in PostgreSQL, shared by every process."""
