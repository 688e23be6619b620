"""Breather: the pause between a person and the scam that is about to take their savings."""
