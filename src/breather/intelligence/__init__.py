"""What is known about destinations. Address formats so far."""
