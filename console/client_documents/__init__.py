"""Fetching what an assistant's maker says of it, from the machine of the admin who adds it."""
