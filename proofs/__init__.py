"""Slow proofs with the real tools, run by `make prove` and by CI beside the tests: see `docs/proofs.md`."""
