"""Clients that others' generators make of the published description, and what they come to."""
