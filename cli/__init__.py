"""The `marquee` command: talks HTTP to a Marquee, here or in AWS, and runs the local cloud."""
