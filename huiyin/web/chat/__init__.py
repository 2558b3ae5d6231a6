"""The chat for buyers: one script for any page, a page of the portal, and the words both speak."""
