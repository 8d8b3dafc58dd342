"""What the local listener and its child leave for each other in the child's working directory. Imports nothing: the
child is started for every minute of speech."""

SOUND = "sound.pcm"  # 16 kHz, mono, 16 bit
WORDS = "words.json"  # the words spoken in the whole film, or none
