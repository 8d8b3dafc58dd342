"""What the local cloud's storage costs: upload throughput and memory, beside moto's S3 in the same run."""
