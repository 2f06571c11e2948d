"""What the house needs of the outside, as promises that an adapter and its local twin keep alike (SPEC §8)."""
