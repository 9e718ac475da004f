"""Checking an extract against the standard."""

from asccld.validation.checking import validate
from asccld.validation.policy import Policy, PolicyError, load_policy
from asccld.validation.result import ValidationResult
from asccld.validation.rules import Check, Rule, checks_for, load_rules

__all__ = [
    "Check",
    "Policy",
    "PolicyError",
    "Rule",
    "ValidationResult",
    "checks_for",
    "load_policy",
    "load_rules",
    "validate",
]
