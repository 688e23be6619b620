"""What this project costs, measured: each module gives figures, `python -m bench NAME` runs one (design 9)."""
