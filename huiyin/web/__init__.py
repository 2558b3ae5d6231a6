"""What people see: one folder per audience, no tables."""
