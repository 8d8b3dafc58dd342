"""The local cloud: runs the synthesized cloud assembly on one machine, without Docker or an AWS account."""
