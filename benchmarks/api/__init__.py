"""Load on the API: what clients feel while they browse, search, watch and upload, well and in sickness."""
