"""Headers by which the distribution tells the API that a request came through it, and from where."""

# Its value is a secret that only the distribution and the API's functions share.
ORIGIN_VERIFY_HEADER = "x-origin-verify"
# Set by the distribution whatever the viewer sent; believed only beside the secret.
VIEWER_ADDRESS_HEADER = "x-viewer-address"
