"""A gateway that speaks the MongoDB wire protocol in front of PostgreSQL with the DocumentDB extension.

It serves this machine only, to one application: no authentication, no TLS, no replica set, no change streams.
"""
