"""Letters: what people are mailed, in German and English, as text and as HTML (SPEC §7.7)."""

from scheduler.letters.writing import Addressee, Contents, write

__all__ = ["Addressee", "Contents", "write"]
