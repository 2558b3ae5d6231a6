"""Programs: /api/v1, and the events the shop sends."""
