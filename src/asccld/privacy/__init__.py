"""Privacy: keyed pseudonyms in place of what names a person."""

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
    "PseudonymKey",
    "local_person",
    "nhs_number_pseudonyms",
    "normal_texts",
    "person_pseudonyms",
    "valid_nhs_numbers",
]
