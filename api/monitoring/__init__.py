"""Whether the process lives, is ready, and keeps up."""
