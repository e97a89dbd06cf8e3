"""HTTP/1.1 on the wire: which bytes are a request, how long one waits for them, what is refused."""
