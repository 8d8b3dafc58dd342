"""Asks TMDB for those who have no way out."""
