"""What we tell people: one row a message, sent by the worker."""
