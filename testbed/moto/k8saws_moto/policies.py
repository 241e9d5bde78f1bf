"""What a policy says of a call: actions, resources and conditions, as IAM's user guide has it ("Policy evaluation logic", "IAM JSON policy
elements: Condition operators"). Knows nothing of moto."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Need:
    """One permission that a call needs: an action on a resource, and what is known for conditions.

    `keys` has the values of condition keys by name in lower case; `known` the beginnings of the names of which all are known, so
    that one that is not in `keys` is absent. Of any other name nothing is known.
    """

    action: str
    resource: str = "*"
    keys: Mapping[str, list[str]] = field(default_factory=dict)
    known: tuple[str, ...] = ()

    def values(self, key: str) -> list[str] | None:
        """The values of a condition key, none when it is absent; None when nothing is known of it."""
        name = key.lower()
        return self.keys.get(name, [] if name.startswith(self.known) else None)


class Verdict(Enum):
    """What policies say of a need."""

    ALLOWED = 1
    NOT_ALLOWED = 2
    DENIED = 3


def verdict(documents: Iterable[Mapping[str, Any]], need: Need) -> Verdict:
    """What all policies of a caller say together: one denial outweighs everything."""
    found = Verdict.NOT_ALLOWED
    for document in documents:
        for statement in several(document.get("Statement")):
            if not concerns(statement, need):
                continue
            met = conditions(statement.get("Condition", {}), need)
            if statement["Effect"] == "Deny" and met is True:
                return Verdict.DENIED
            if statement["Effect"] == "Allow" and met is not False:
                found = Verdict.ALLOWED
    return found


def concerns(statement: Mapping[str, Any], need: Need) -> bool:
    """Whether a statement is about the action and the resource."""
    for element, text, fold in (("Action", need.action, True), ("Resource", need.resource, False)):
        if f"Not{element}" in statement:
            if matches(statement[f"Not{element}"], text, fold):
                return False
        elif not matches(statement.get(element), text, fold):
            return False
    return True


def conditions(block: Mapping[str, Mapping[str, Any]], need: Need) -> bool | None:
    """Whether all conditions are met; None when that hangs on a key or an operator of which nothing is known."""
    answers = [condition(operator, key, several(wanted), need) for operator in block for key, wanted in block[operator].items()]
    return False if False in answers else None if None in answers else True


def condition(operator: str, key: str, wanted: list[Any], need: Need) -> bool | None:
    """Whether one condition is met; None when nothing is known of the key or the operator."""
    found = need.values(key)
    texts = [str(one).lower() if isinstance(one, bool) else str(one) for one in wanted]
    if found is None or any("${" in text for text in texts):
        return None
    if operator == "Null":
        return (not found) == (texts == ["true"])
    quantity, _, bare = operator.rpartition(":")
    name = bare.removesuffix("IfExists")
    test = OPERATORS.get(name)
    if test is None:
        return None
    if not found:
        # a negated operator is met by a key that is not there
        return quantity == "ForAllValues" or (quantity == "" and (name != bare or name in NEGATED))
    if name in NEGATED:
        answers = [all(test(value, text) for text in texts) for value in found]
    else:
        answers = [any(test(value, text) for text in texts) for value in found]
    return any(answers) if quantity == "ForAnyValue" else all(answers)


@functools.lru_cache(maxsize=4096)
def pattern(text: str, fold: bool) -> re.Pattern[str]:
    """A text with * and ? as a regular expression."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text)
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if fold else 0))


def like(value: str, text: str) -> bool:
    """Whether a value matches a text with * and ?."""
    return pattern(text, False).fullmatch(value) is not None


def matches(texts: Any, value: str, fold: bool) -> bool:
    """Whether a value matches one of the texts with * and ?."""
    return any(pattern(text, fold).fullmatch(value) for text in several(texts))


def several(one_or_more: Any) -> list[Any]:
    """A policy may have one thing where it may have a list."""
    return [] if one_or_more is None else one_or_more if isinstance(one_or_more, list) else [one_or_more]


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, text: value == text,
    "StringNotEquals": lambda value, text: value != text,
    "StringEqualsIgnoreCase": lambda value, text: value.lower() == text.lower(),
    "StringNotEqualsIgnoreCase": lambda value, text: value.lower() != text.lower(),
    "StringLike": like,
    "StringNotLike": lambda value, text: not like(value, text),
    "Bool": lambda value, text: value.lower() == text.lower(),
}

NEGATED = frozenset(name for name in OPERATORS if "Not" in name)
