"""The description of the API, made from the handlers that answer it: `python -m tools.openapi`."""
