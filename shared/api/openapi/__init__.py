"""The native API described in OpenAPI 3.1: one entry for each route, schemas from the types that are sent."""
