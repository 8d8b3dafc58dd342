"""What captions, pictures and analysis cost beside the film they are made of."""
