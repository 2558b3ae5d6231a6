"""What whoever leads looks at: the board of the day, the screen on the wall, how the centre works right now."""
