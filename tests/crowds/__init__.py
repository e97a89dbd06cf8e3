"""Many commands on one store at once, each in a process of its own."""
