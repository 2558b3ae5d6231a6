"""The media server: how it is found or fetched, configured, and spoken to."""
