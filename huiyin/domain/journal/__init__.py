"""What happened: a matter for everything people follow, append-only facts about it, nudges that it changed."""
