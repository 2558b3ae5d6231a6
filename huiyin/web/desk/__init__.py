"""The agent: what waits, the matter, the person."""
