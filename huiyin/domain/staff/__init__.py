"""Who works here: people, tiers, authority, API keys."""
