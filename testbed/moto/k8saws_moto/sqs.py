"""SQS: a queue's policy."""

from __future__ import annotations

from typing import Any

from moto.sqs.models import Queue

from k8saws_moto.patching import around


def apply() -> None:
    """Puts all mends of this module in place."""
    queues_keep_their_policy()


def queues_keep_their_policy() -> None:
    """CreateQueue, SetQueueAttributes: Policy stays when a call sets other attributes."""

    @around(Queue, "_set_attributes")
    def set_attributes(old: Any, self: Any, attributes: dict[str, Any], now: Any = None) -> Any:
        kept = self.__dict__.get("_policy_json")
        answer = old(self, attributes, now)
        if "Policy" not in attributes and kept is not None:
            self._policy_json = kept
        return answer
