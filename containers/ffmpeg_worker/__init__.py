"""The encoder: one image, run as a Lambda function for a film's head and as a Fargate task for its body."""
