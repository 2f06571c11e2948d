"""Real adapters of the ports: each speaks to a provider, over HTTP or SMTP, and keeps the promises its twin keeps."""
