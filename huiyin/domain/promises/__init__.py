"""What we promised and by when: clocks on a matter, what is due, what escalates."""
