"""How the API answers: JSON, pages, streams, and problems where something goes wrong."""
