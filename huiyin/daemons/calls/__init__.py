"""Carrying calls: what the domain decides, done to channels, step by step."""
