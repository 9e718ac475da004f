"""No count that a report to be shared hides can be worked out from everything that the tables of its measure show."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asccld.reports.council import protecting
from asccld.reports.council.gather import gathered
from asccld.reports.council.gather_activity import activity_chapter
from asccld.reports.council.judging import tells
from asccld.reports.council.layout import outlines
from asccld.reports.council.material import Material
from asccld.reports.council.model import Block, Chapter
from asccld.reports.salt_figures import rate_rows
from asccld.reports.salt_layout import rates
from reports.council.made_council import Made
from reports.council.made_reports import PERIOD
from reports.council.solving import MOST, System, around

Shown = tuple[int | None, ...]
CELL = ("la_code", "measure", "description")
BANDS = ("18 to 64", "65 and above")


def shown_counts(block: Block, name: str = "count") -> list[int | None]:
    mark = block.marks.get(name)
    return [n if mark is None or not mark[at] else None for at, n in enumerate(block.rows[name])]


def activity_system(chapter: Chapter) -> System:
    """Every table of the same rows adds up to one total."""
    alike = [b for b in chapter.blocks if (chapter.slug, b.slug) != ("services", "by-month")]
    bounds, sums = {"all": (0, MOST)}, list[tuple[str, list[str]]]()
    for block in alike:
        numbers = shown_counts(block)
        *parts, all_of = numbers if block.totals else [*numbers, None]
        if all_of is not None:
            bounds["all"] = around(all_of)
        names = [f"{block.slug} {at}" for at in range(len(parts))]
        bounds |= dict(zip(names, map(around, parts), strict=True))
        sums.append(("all", names))
    return System(bounds, sums)


def assert_nothing_given_away(chapter: Chapter) -> None:
    assert activity_system(chapter).given_away(["all"]) == set()
    for block in (b for b in chapter.blocks if "share" in b.rows.columns):
        totals = block.rows["count"][-1] if block.totals else None
        for count, share in zip(shown_counts(block), shown_counts(block, "share"), strict=True):
            assert share is None or count is not None
            assert share is None or not totals or share == min(int(100 * (count or 0) / totals + 0.5), 100)


@pytest.mark.parametrize("slug", ["requests", "assessments", "services", "reviews"])
def test_tables_of_one_activity_give_nothing_away_together(slug: str, made: Made) -> None:
    shared = gathered(replace(made.material, shareable=True))
    assert_nothing_given_away(next(c for c in shared.chapters if c.slug == slug))


COUNTS = st.lists(st.integers(1, 13), min_size=1, max_size=4)


def tables_of(first: list[int], second: list[int]) -> dict[str, pl.DataFrame]:
    """The same requests by gender and by age: whichever are more, the other table has them in one more row."""
    lacking = sum(first) - sum(second)
    both = {"gender": first, "der_age_band": second}
    both["der_age_band" if lacking > 0 else "gender"] += [abs(lacking)] if lacking else []
    return {
        f"requests_by_{name.removesuffix('_band').removeprefix('der_')}": pl.DataFrame({
            name: [f"{name} {at}" for at in range(len(counts))], "count": counts,
        })
        for name, counts in both.items()
    }  # fmt: skip


@given(COUNTS, COUNTS)
@example([1], [12, 12])
@settings(max_examples=60, deadline=None)
def test_what_one_table_hides_another_of_the_same_people_does_not_tell(first: list[int], second: list[int]) -> None:
    tables = tables_of([*first], [*second])
    material = Material("106", "A", PERIOD, tables, datetime(2026, 5, 1, tzinfo=UTC), shareable=True)
    chapter = activity_chapter(next(o for o in outlines() if o.slug == "requests"), material)
    assert_nothing_given_away(chapter)
    totals = {shown_counts(b)[-1] for b in chapter.blocks}
    assert len(totals | {h.value for h in chapter.headlines}) == 1


def share_system(rows: list[tuple[str, Shown]], at: str = "", *, exact: bool = True) -> System:
    """Who is in the numerator and who is not, by band; percentages tell where nothing is suppressed."""
    bounds: dict[str, tuple[int, int]] = {}
    sums: list[tuple[str, list[str]]] = []
    for label, (above, below, _) in rows:
        bounds |= {
            f"{at}{label} in": around(above),
            f"{at}{label} of": around(below),
            f"{at}{label} out": (0, MOST - 1),
        }
        sums.append((f"{at}{label} of", [f"{at}{label} in", f"{at}{label} out"]))
    parts = [label for label, _ in rows if label != "Total"]
    sums += [(f"{at}Total {what}", [f"{at}{label} {what}" for label in parts]) for what in ("in", "of", "out")]
    shares = [(f"{at}{label} in", f"{at}{label} of", int(s[2])) for label, s in rows if s[2] is not None]
    exact = exact and has_nothing_hidden(rows)
    return System(bounds, sums, shares if exact else [])


PARTS = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), min_size=2, max_size=2)


@given(PARTS)
@example([(0, 0), (5, 6)])
@settings(max_examples=80, deadline=None)
def test_outcomes_of_ascof_do_not_tell_who_is_hidden(parts: list[tuple[int, int]]) -> None:
    frame = figures_of(parts)
    rows = cells_of(protecting.shares(frame, CELL, whole=True, times=100))
    system = share_system(rows)
    assert system.given_away() == system.small() == set()
    assert has_nothing_hidden(rows) or all(is_of_what_is_shown(s) for _, s in rows)


def figures_of(parts: list[tuple[int, int]]) -> pl.DataFrame:
    """In the numerator and not, by band, as a table of figures with its total."""
    numbers = [(band, a, a + b) for band, (a, b) in zip(BANDS, parts, strict=True)]
    numbers.append(("Total", sum(a for a, _ in parts), sum(a + b for a, b in parts)))
    names = [*CELL, "group", "numerator", "denominator", "outcome"]
    return pl.DataFrame([("106", "M", "D", *n, 0.0) for n in numbers], orient="row", schema=names)


def cells_of(shown: protecting.Shown) -> list[tuple[str, Shown]]:
    names = ("numerator", "denominator", "outcome")
    cells = {n: [None if m else v for v, m in zip(shown.rows[n], shown.marks[n], strict=True)] for n in names}
    return [(band, tuple(cells[n][at] for n in names)) for at, band in enumerate(shown.rows["group"])]


def has_nothing_hidden(rows: list[tuple[str, Shown]]) -> bool:
    """Also where nobody is in a denominator, of whom there is no percentage."""
    return all(None not in {above, below} and (outcome is not None or not below) for _, (above, below, outcome) in rows)


def is_of_what_is_shown(cells: Shown) -> bool:
    above, below, outcome = cells
    return outcome is None or outcome == min(int(100 * (above or 0) / (below or 1) + 0.5), 100)


@given(PARTS, PARTS)
@example([(40, 31), (30, 4)], [(34, 28), (30, 30)])
@settings(max_examples=60, deadline=None)
def test_changes_from_one_period_to_the_next_do_not_tell_who_is_hidden(
    now: list[tuple[int, int]], then: list[tuple[int, int]]
) -> None:
    tables = {"now ": figures_of(now), "then ": figures_of(then)}
    shown = {at: cells_of(s) for at, s in protecting.shares_alike(tables, CELL, whole=True, times=100).items()}
    exact = all(map(has_nothing_hidden, shown.values()))
    assert exact or all(is_of_what_is_shown(s) for rows in shown.values() for _, s in rows), "two kinds of percentage"
    one, other = (share_system(rows, at, exact=exact) for at, rows in shown.items())
    moves = [
        ((f"now {label} in", f"now {label} of", f"then {label} in", f"then {label} of"), a - b,
         tells(a - b, 100 * (n / d - m / e)))
        for (label, (*_, a)), (_, (*_, b)), (n, d), (m, e) in zip(
            *shown.values(), *(t.select("numerator", "denominator").rows() for t in tables.values()), strict=True
        )
        if a is not None and b is not None and d and e
    ]  # fmt: skip
    system = System({**one.bounds, **other.bounds}, [*one.sums, *other.sums], [*one.shares, *other.shares], moves)
    assert system.given_away() == system.small() == set()


@given(PARTS)
@settings(max_examples=40, deadline=None)
def test_outcomes_of_the_return_do_not_tell_who_is_hidden(parts: list[tuple[int, int]]) -> None:
    (a, b), (c, d) = parts
    table = pl.DataFrame({
        "la_code": ["106"], "male_num": [a], "male_denom": [a + b], "female_num": [c], "female_denom": [c + d],
        "total_num": [a + c], "total_denom": [a + b + c + d],
    })  # fmt: skip
    members = [r for r in rates() if r.measure == "nhse_ascof_2e"]
    found = rate_rows(members, {"nhse_ascof_2e": {"": table}}, "106", published=True)
    rows = [
        (r.band, tuple(n if isinstance(n, int) else None for n in cells))
        for r, (_, cells) in zip(members, found, strict=True)
    ]
    assert share_system(rows).given_away() == share_system(rows).small() == set()


def test_percentages_of_one_measure_of_the_return_are_all_of_one_kind() -> None:
    table = pl.DataFrame({
        "la_code": ["106"], "1864_carer_denom": [42], "65over_carer_denom": [27], "total_carer_denom": [69],
        "3d1b_1864_num": [21], "3d1b_65over_num": [18], "3d1b_total_num": [39],
        "3d2b_1864_num": [12], "3d2b_65over_num": [8], "3d2b_total_num": [20],
        "1864_client_denom": [142], "65over_client_denom": [127], "total_client_denom": [269],
        "3d1a_1864_num": [112], "3d1a_65over_num": [58], "3d1a_total_num": [170],
        "3d2a_1864_num": [112], "3d2a_65over_num": [58], "3d2a_total_num": [170],
    })  # fmt: skip
    members = [r for r in rates() if r.title.startswith("3D part 1b")]
    few = table.with_columns(pl.lit(2).alias("3d2b_65over_num"), pl.lit(14).alias("3d2b_total_num"))
    exact, rounded = (
        [c[-1] for _, c in rate_rows(members, {"nhse_ascof_3d": {"": t}}, "106", published=True)] for t in (table, few)
    )
    assert (exact, rounded) == ([57, 50, 67], [57, 50, 80])


def grid_system(blocks: list[tuple[str, Block]]) -> System:
    """Tables of the return with the totals of their rows and columns, each cell by table, row and column."""
    bounds: dict[str, tuple[int, int]] = {}
    sums: list[tuple[str, list[str]]] = []
    for table, block in blocks:
        columns = [c.name for c in block.columns if c.kind == "count"]
        shown = {c: shown_counts(block, c) for c in columns}
        absent = {c for c in columns if "not in CLD" in block.marks[c].to_list()}
        known, last = [c for c in columns if c not in absent], block.rows.height - 1
        bounds |= {f"{table} {at} {c}": around(shown[c][at]) for c in known for at in range(last + 1)}
        sums += [(f"{table} {last} {c}", [f"{table} {at} {c}" for at in range(last)]) for c in known]
        if len(known) > 1:
            *parts, total = known
            sums += [(f"{table} {at} {total}", [f"{table} {at} {c}" for c in parts]) for at in range(last + 1)]
    return System(bounds, sums)


def test_tables_of_one_sheet_of_the_return_give_nothing_away(made: Made) -> None:
    shared = gathered(replace(made.material, shareable=True))
    for chapter in (c for c in shared.chapters if c.group == "salt"):
        filled = [(b.slug, b) for b in chapter.blocks if b.totals and b.rows[b.columns[-1].name].drop_nulls().len()]
        assert grid_system(filled).given_away() == set(), chapter.slug


def test_people_with_support_by_age_by_carer_and_by_ethnicity_are_the_same_people(made: Made) -> None:
    shared = gathered(replace(made.material, shareable=True))
    chapter = next(c for c in shared.chapters if c.slug == "salt-lts001b")
    blocks = [(b.slug, b) for b in chapter.blocks]
    system = grid_system([(slug, b) for slug, b in blocks if b.totals])
    (_, other), sums, bounds = blocks[5], list(system.sums), dict(system.bounds)
    bounds["other gender"] = around(shown_counts(other, "c1")[0])
    for column in (c.name for c in blocks[0][1].columns if c.kind == "count"):
        ends = {slug: f"{slug} {b.rows.height - 1} {column}" for slug, b in blocks[:5]}
        bounds[column] = (0, MOST - 1)
        rest = [f"{column} of other gender"]
        bounds[rest[0]] = bounds["other gender"] if column == blocks[0][1].columns[-1].name else (0, MOST - 1)
        sums += [
            (column, [ends["table-1"], ends["table-2"]]),
            (column, [ends["table-3"]]),
            (column, [ends["table-4"], ends["table-5"], *rest]),
        ]
    assert System(bounds, sums).given_away() == set()
