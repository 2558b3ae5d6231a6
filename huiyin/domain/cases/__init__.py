"""Complaints: a case is a matter that a person owns until it is settled."""
