"""Closed recordings: the original and a small copy in the file store, the wave form, how long they stay."""
