"""Measurements of the goals in the design; each module measures one thing and has `main(arguments)`."""
