"""Others that do the same job, each in an environment of its own, as their documentation says."""
