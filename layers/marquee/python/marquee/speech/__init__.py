"""What is said in a film: its sound cut at silences, words heard or aligned, and cues that can be read."""
