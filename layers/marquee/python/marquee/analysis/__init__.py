"""What is seen and heard in a film: looks at finished files, measures, reads; every value says where it comes from."""
