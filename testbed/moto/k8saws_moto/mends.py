"""All mends, service by service."""

from __future__ import annotations


def apply() -> None:
    """Puts every mend in place. Called once, before the first request."""
