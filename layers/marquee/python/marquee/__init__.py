"""Marquee's shared code: domain, media, services, adapters and entries, used by functions, containers and the local cloud."""
