"""Values that are known only while the app runs: what its own functions answer for custom resources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.harmless import is_harmless
from local.intrinsics import TemplateError

_LATER = re.compile(r"\{\{later:([^{}]+)\}\}")
# read by `local.system` itself
# what the local cloud does itself: files of a deployment (`deployments`), functions it calls (`triggers`)
_DONE_HERE = frozenset({"Custom::CDKBucketDeployment", "Custom::Trigger"})


def is_made_by_function(resource_type: str) -> bool:
    """Whether a custom resource is made here by the function that the template names."""
    custom = resource_type.startswith("Custom::") or resource_type == "AWS::CloudFormation::CustomResource"
    return custom and resource_type not in _DONE_HERE and not is_harmless(resource_type)


def later(resource_id: str, attribute: str | None = None) -> str:
    """Stands in resolved properties for what a custom resource will have answered; no attribute: its `Ref`."""
    return "{{later:" + (resource_id if attribute is None else f"{resource_id}#{attribute}") + "}}"


def is_late(value: object) -> bool:
    return _LATER.search(str(value)) is not None


def with_answers(value: Any, answers: Mapping[str, str]) -> Any:
    """`value` with everything in it that stood for an answer. Raises TemplateError for what was not answered."""
    if isinstance(value, Mapping):
        return {name: with_answers(item, answers) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_answers(item, answers) for item in value]
    return _LATER.sub(lambda found: _answer(answers, found[1]), value) if isinstance(value, str) else value


def _answer(answers: Mapping[str, str], name: str) -> str:
    if name not in answers:
        raise TemplateError(f"the custom resource {name.replace('#', ' did not answer ')}")
    return answers[name]
