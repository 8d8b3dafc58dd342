"""Marquee's shared code: domain, media, services, adapters and entries, for functions, containers and tests."""
