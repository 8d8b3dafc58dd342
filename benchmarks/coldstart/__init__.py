"""What a function costs of itself: before its first call, and at each call once it is warm."""
