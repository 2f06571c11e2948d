"""What the API says of itself: the OpenAPI document with its examples, and the pages of problems."""
