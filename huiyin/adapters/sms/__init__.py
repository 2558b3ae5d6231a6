"""Text messages out. Until a vendor is configured only the demo's mailbox takes them."""
