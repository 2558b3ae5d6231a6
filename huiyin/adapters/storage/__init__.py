"""Where files lie: a directory of this machine, content-addressed."""
