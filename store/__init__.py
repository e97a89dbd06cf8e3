"""The ground both doors stand on: the domain, its tables and its use cases."""
