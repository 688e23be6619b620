"""Statistics: pure functions from counts to estimates with their intervals."""
