"""Who takes what: queues, skills, presence, capacity, offers."""
