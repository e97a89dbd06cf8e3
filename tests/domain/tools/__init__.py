"""Tools made of OpenAPI documents."""
