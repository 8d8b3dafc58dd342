"""The functions behind the HTTP API, one module an area: what each is told, and what it may do."""
