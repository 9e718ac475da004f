"""Privacy: keyed pseudonyms in place of what names a person, and figures that give nobody away."""

from asccld.privacy.disclosure import Protected, disclosure_rule, protected
from asccld.privacy.identifiers import (
    NHS_NUMBER,
    local_person,
    nhs_number_pseudonyms,
    person_pseudonyms,
    valid_nhs_numbers,
)
from asccld.privacy.keys import ENVIRONMENT_VARIABLE, KeyRefused, PseudonymKey
from asccld.privacy.normal import normal_texts

__all__ = [
    "ENVIRONMENT_VARIABLE",
    "NHS_NUMBER",
    "KeyRefused",
    "Protected",
    "PseudonymKey",
    "disclosure_rule",
    "local_person",
    "nhs_number_pseudonyms",
    "normal_texts",
    "person_pseudonyms",
    "protected",
    "valid_nhs_numbers",
]
