"""What draws the synthetic cases."""
