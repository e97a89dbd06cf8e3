"""The HTTP door: a request with a Bearer key comes in, a verdict or data goes out."""
