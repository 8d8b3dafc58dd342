"""The app deployed by the CDK's own command line, to moto in place of AWS."""
