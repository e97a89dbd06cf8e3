"""What people and programs read before they call: OpenAPI, and a page made of it."""
