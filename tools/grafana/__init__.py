"""Dashboards for Grafana over what `GET /metrics` tells."""
