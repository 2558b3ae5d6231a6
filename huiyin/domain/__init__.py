"""What the centre knows and decides: subjects, one folder each. No HTTP, no protocols."""
