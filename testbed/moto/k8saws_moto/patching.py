"""How a mend replaces one of moto's methods."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


def around(owner: type, name: str) -> Callable[[Method], Method]:
    """Decorates a function (old, self, ...) that takes the place of a method; `old` is the method it replaces."""

    def replace(new: Method) -> Method:
        old = getattr(owner, name)

        @functools.wraps(old)
        def method(self: Any, *arguments: Any, **named: Any) -> Any:
            return new(old, self, *arguments, **named)

        setattr(owner, name, method)
        return new

    return replace


def instead(owner: type, name: str) -> Callable[[Method], Method]:
    """Decorates a function (self, ...) that takes the place of a method, or adds one."""

    def replace(new: Method) -> Method:
        setattr(owner, name, new)
        return new

    return replace


def page(items: list[Any], size: int | None, token: str | None) -> tuple[list[Any], str | None]:
    """One page of a list and the token of the next; a token is the number of items before the page."""
    start = int(token or 0)
    end = start + size if size else len(items)
    return items[start:end], str(end) if end < len(items) else None
