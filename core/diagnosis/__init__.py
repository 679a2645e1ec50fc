"""Diagnosis: what the history of a run says, in words, with the numbers it rests on."""
