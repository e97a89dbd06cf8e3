"""The use cases, on real stores."""
