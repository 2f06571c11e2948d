"""Who is asking: tokens, and the keys they are signed with."""
