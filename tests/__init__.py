"""The tree again: every test lies where the thing it tests lies."""
