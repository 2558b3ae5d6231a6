"""Webhooks: other people's programs are told what happened, signed, in order, until they have it."""
