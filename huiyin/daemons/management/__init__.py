"""Management commands of the processes."""
