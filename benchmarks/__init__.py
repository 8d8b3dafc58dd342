"""Measurements: each one command that runs us and a peer in the same run and prints ratios."""
