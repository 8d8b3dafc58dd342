"""Turns over the database's password."""
