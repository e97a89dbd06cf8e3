"""Routes of an API of the admin's own."""
