"""What is said on a matter: messages between buyer and staff, and internal notes."""
