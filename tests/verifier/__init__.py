"""The HTTP door, asked over real sockets."""
