"""The vocabulary and the decisions: standard library only, no clock, no randomness, no I/O."""
