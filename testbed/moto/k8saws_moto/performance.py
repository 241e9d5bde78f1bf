"""Work that moto does again for every request. None of these changes an answer."""

from __future__ import annotations

import functools
from typing import Any

import moto.core.responses as responses
from moto.core.serialize import MISSING, AttributePicker, XFormedAttributePicker
from moto.core.utils import get_value
from moto.moto_server.werkzeug_app import DomainDispatcherApplication


def apply() -> None:
    """Puts all mends of this module in place."""
    hosts_are_matched_once()
    methods_are_listed_once()
    attribute_names_are_derived_once()


def hosts_are_matched_once() -> None:
    """Every request: moto looks through its own folders on disk, twice, to find out which service a host is."""
    matched = DomainDispatcherApplication.get_backend_for_host

    @functools.lru_cache(maxsize=1024)
    def backend_of(host: str | None) -> Any:
        return matched(app, host)

    app = DomainDispatcherApplication(lambda service: None)  # type: ignore[arg-type, return-value]
    DomainDispatcherApplication.get_backend_for_host = (  # type: ignore[method-assign]
        lambda self, host: backend_of(host)
    )


def methods_are_listed_once() -> None:
    """Every request: moto inspects the service's class to see whether it has the action."""
    listed = functools.cache(responses.method_names_from_class)
    responses.method_names_from_class = listed  # type: ignore[assignment]


def attribute_names_are_derived_once() -> None:
    """Every member of every answer: moto derives the names under which the value may be found from the member's name
    and the value's class, and looks for each of its transformers."""
    names: dict[tuple[Any, ...], tuple[str, ...]] = {}
    ends: dict[tuple[int, int], tuple[str, ...]] = {}

    def pick(self: Any, context: Any) -> Any:
        shape = context.shape
        key = (
            type(context.obj),
            context.key,
            shape.serialization.get("name"),
            getattr(getattr(shape, "parent", None), "name", None),
            context.service_model and context.service_model.service_name,
        )
        possible = names.get(key)
        if possible is None:
            possible = names[key] = tuple(dict.fromkeys(self.get_possible_keys(context)))
        value: Any = None
        for name in possible:
            found = get_value(context.obj, name, MISSING)
            if found is not MISSING:
                value = found
                break
        transformers = self.response_transformers
        if not transformers:
            return value
        which = (id(transformers), len(transformers))
        last = ends.get(which)
        if last is None:
            last = ends[which] = tuple(path.rsplit(".", 1)[-1] for path in transformers)
        if context.key.endswith(last):
            path = f"{context.key_path}.{context.key}"
            for end, transform in transformers.items():
                if path.endswith(end):
                    return transform(value)
        return value

    AttributePicker.__call__ = pick  # type: ignore[method-assign]
    XFormedAttributePicker.__call__ = pick  # type: ignore[method-assign]
