"""What lets somebody in for a moment: six digits that say which order a call is about, a link that takes pictures."""
