"""What differs between releases, which notice it needs, and when it can take effect."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from asccld.errors import AsccldError
from asccld.standard import Release, Standard, load_standard
from asccld.standard.changes import ChangeEntry, compare, composed_mappings, earliest_effect

STANDARD = load_standard()


def kinds(entries: tuple[ChangeEntry, ...]) -> Counter[str]:
    return Counter(e.kind for e in entries)


def found(entries: tuple[ChangeEntry, ...], **wanted: object) -> ChangeEntry:
    (entry,) = [e for e in entries if all(getattr(e, k) == v for k, v in wanted.items())]
    return entry


def with_release(release: Release) -> Standard:
    return replace(STANDARD, releases={**STANDARD.releases, release.id: release})


def test_release_1_to_2_removes_two_items_and_adds_none() -> None:
    changes = compare(STANDARD, "r1", "r2")
    removed = {e.subject: e for e in changes if e.kind == "item removed"}
    assert removed.keys() == {"GP Practice Name", "Provider CQC Location Name"}
    assert {e.confidence for e in removed.values()} == {"inferred"}
    assert kinds(changes)["item added"] == 0
    # Conditions name renamed values and items moved up a place: neither is a change.
    assert kinds(changes)["item changed"] == 0
    assert {e.notice for e in changes} == {"minor"}


def test_values_are_told_apart() -> None:
    changes = compare(STANDARD, "r1", "r2")
    assert found(changes, before="White - Irish").kind == "value renamed"
    assert found(changes, before="Service User").kind == "value capitalised"
    assert found(changes, before="Progress to End of Life Care").kind == "value removed"
    assert found(changes, after="Review of short term support").kind == "value added"
    merged = [e for e in changes if e.after == "Unknown" and e.kind == "value merged"]
    assert {e.before for e in merged} == {"Unknown - Individual Level", "Unknown - System Level"}
    assert not [e for e in changes if e.before == e.after and e.kind != "value merged"]


def test_every_mapping_that_is_no_identity_is_told_once() -> None:
    changes = compare(STANDARD, "r1", "r2")
    told = Counter((e.subject, e.before, e.after) for e in changes if e.kind.startswith("value"))
    wanted = {
        (m.defined_list, m.from_value or "", m.to_value or "")
        for m in STANDARD.releases["r2"].mappings
        if m.change != "No change"
    }
    assert wanted <= told.keys()
    assert max(told.values()) == 1


def test_v5_to_release_1_adds_items_with_major_notice() -> None:
    changes = compare(STANDARD, "v5", "r1")
    added = {e.subject for e in changes if e.kind == "item added"}
    assert {"Client Type", "Adult 1 Linked Person_ID", "Client Funding Status"} <= added
    assert {e.notice for e in changes if e.kind == "item added"} == {"major"}
    assert {e.notice for e in changes if e.kind != "item added"} == {"minor"}
    gone = found(changes, kind="item removed", subject="Full Cost Client")
    assert gone.after == "Client Funding Status"
    # A list that came with its item is told with the item.
    assert not [e for e in changes if e.subject == "Client Type" and e.kind.startswith("value")]
    assert found(changes, kind="item added", subject="Client Type").note == "with a list of 3 values"


def test_v5_to_release_2_is_the_two_steps_as_one() -> None:
    changes = compare(STANDARD, "v5", "r2")
    both = found(changes, before="Prison: CASSR Managed Personal Budget")
    assert (both.kind, both.after) == ("value merged", "CASSR managed personal budget")
    assert found(changes, kind="item removed", subject="GP Practice Name").confidence == "inferred"
    # New in Release 1 and not mapped to Release 2: never seen from here.
    assert not [e for e in changes if "Metering" in e.before + e.after]
    v5, r2 = STANDARD.releases["v5"], STANDARD.releases["r2"]
    for m in composed_mappings(STANDARD, "v5", "r2"):
        assert (m.from_release, m.to_release) == ("v5", "r2")
        assert m.from_value is None or m.from_value in v5.lists[m.defined_list].texts
        assert m.to_value is None or m.to_value in r2.lists[m.defined_list].texts


def test_every_later_value_is_reached_or_added() -> None:
    for earlier, later in (("v5", "r1"), ("r1", "r2"), ("v5", "r2")):
        mappings = composed_mappings(STANDARD, earlier, later)
        reached = {(m.defined_list, m.to_value) for m in mappings}
        shared = STANDARD.releases[earlier].lists.keys() & STANDARD.releases[later].lists.keys()
        for name in shared:
            assert [t for t in STANDARD.releases[later].lists[name].texts if (name, t) not in reached] == []


def test_source_confidence_and_note_are_no_change() -> None:
    r2 = STANDARD.releases["r2"]
    reworded = tuple(replace(f, source="elsewhere", note="other", confidence="inferred") for f in r2.fields)
    assert compare(with_release(replace(r2, fields=reworded)), "r1", "r2") != ()
    assert kinds(compare(with_release(replace(r2, fields=reworded)), "r1", "r2"))["item changed"] == 0


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("header", "Sex"),
        ("type", "integer"),
        ("format", "M/F"),
        ("mandatory_when", "never"),
        ("applicable_when", "client_type = 'Service user'"),
    ],
)
def test_a_changed_attribute_is_told(attribute: str, value: str) -> None:
    r2 = STANDARD.releases["r2"]
    fields = tuple(replace(f, **{attribute: value}) if f.name == "gender" else f for f in r2.fields)
    entry = found(compare(with_release(replace(r2, fields=fields)), "r1", "r2"), kind="item changed")
    assert entry.attributes == (attribute,)
    assert value in entry.after


def test_items_that_change_places_are_told() -> None:
    r2 = STANDARD.releases["r2"]
    swap = {"gender": r2.by_name["ethnicity"].order, "ethnicity": r2.by_name["gender"].order}
    fields = tuple(sorted((replace(f, order=swap.get(f.name, f.order)) for f in r2.fields), key=lambda f: f.order))
    changes = compare(with_release(replace(r2, fields=fields)), "r1", "r2")
    assert {e.subject: e.attributes for e in changes if e.kind == "item changed"} == {
        "Gender": ("order",),
        "Ethnicity": ("order",),
    }


def test_only_forwards() -> None:
    assert compare(STANDARD, "r1", "r1") == ()
    with pytest.raises(AsccldError, match="asccld standard diff r1 r2"):
        compare(STANDARD, "r2", "r1")
    with pytest.raises(AsccldError, match="Use one of: v5, r1, r2"):
        compare(STANDARD, "r1", "r3")


@pytest.mark.parametrize(
    ("announced", "minor", "major"),
    [
        ("2025-01-31", "2025-02-28", "2025-04-30"),
        ("2024-01-31", "2024-02-29", "2024-04-30"),
        ("2025-11-30", "2025-12-30", "2026-02-28"),
        ("2025-05-01", "2025-06-01", "2025-08-01"),
    ],
)
def test_earliest_effect(announced: str, minor: str, major: str) -> None:
    day = date.fromisoformat(announced)
    assert str(earliest_effect(day, "minor", STANDARD.calendar)) == minor
    assert str(earliest_effect(day, "major", STANDARD.calendar)) == major
