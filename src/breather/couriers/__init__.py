"""How things leave: one module for each way of carrying, and the guard that says where to."""
