"""What benchmarks/attacks.py tries against a desk: `target` is the desk, most others are attempts."""
