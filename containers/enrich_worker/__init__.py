"""Listens to and looks at films: one image, a Lambda function that does one order an invocation."""
