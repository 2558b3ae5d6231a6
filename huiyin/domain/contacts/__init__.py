"""Who writes and calls: buyers, their identities, and the fate of every contact."""
