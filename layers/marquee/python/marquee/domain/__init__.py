"""The words and rules of Marquee; imports no AWS, no database and no web."""
