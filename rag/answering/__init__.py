"""From passages to an answer whose every claim is an exact quote, or an honest refusal."""
