"""The self-hosted listener: one image, run as a Fargate task that hears all chunks of a film."""
