"""Real adapters of the ports: each speaks over HTTP to a provider, and keeps the promises its local twin keeps."""
