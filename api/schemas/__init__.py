"""The shapes of answers: amounts ``{minor, currency}``, instants ``_at``, stored words as they are stored."""
