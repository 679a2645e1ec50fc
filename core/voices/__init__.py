"""Voices: recordings that visitors make themselves, and what they say of others'."""
