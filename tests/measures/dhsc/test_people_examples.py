"""Person details, ASCOF 2B, 2C, 2E and 3D: the examples of the method as stories, and what it says around them."""

# ruff: noqa: E501 - the stories are tables

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from ibis.backends import BaseBackend

from measures.dhsc.stories import main_of, measured, reference

NURSING, RESIDENTIAL = "Long term support: Nursing care", "Long term support: Residential care"
COMMUNITY = "Long term support: Community"
HOME_SUPPORT, PAYMENT = "Home support or domiciliary care", "Direct payment"
PERSON = "der_nhs_la_combined_person_id"
POPULATION = pl.DataFrame(
    {
        "code": ["E1", "E1", "E1"],
        "geography": ["Local Authority"] * 3,
        "gender": ["All", "All", "Male"],
        "age_band": ["18 to 64", "65 and above", "18 to 64"],
        "population": ["200000", "40000", "1"],
    }
)


def details(con: BaseBackend, story: str, *columns: str, **options: Any) -> dict[str, tuple[Any, ...]]:
    """Person -> their details in these columns."""
    found = measured(con, ["person_details"], main_of(con, story), **options)["person_details"][""].to_polars()
    return {row[PERSON]: tuple(row[c] for c in columns) for row in found.to_dicts()}


class TestAccommodation:
    COLUMNS = ("accommodation_status", "accommodation_status_group")

    def test_p_a_known_status_goes_before_a_newer_unknown_one(self, con: BaseBackend) -> None:
        story = """
            person | event_start_date | der_event_end_date | accommodation_status_cleaned
            P      | 2024-05-01       | 2024-08-01         | Tenant: Private landlord
            P      | 2025-05-01       |                    | Unknown
        """
        assert details(con, story, *self.COLUMNS) == {"P": ("Tenant: Private landlord", 1)}

    def test_q_a_conflict_is_unknown_and_home_support_tells_where(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | accommodation_status_cleaned | service_type_cleaned | service_component_cleaned
            Q      | 2025-05-01       | Shared Lives scheme          | {COMMUNITY}          | {HOME_SUPPORT}
            Q      | 2025-05-01       | Refuge                       | {COMMUNITY}          | Direct payment
        """
        assert details(con, story, *self.COLUMNS) == {"Q": ("Unknown: Presumed at home", 1)}

    def test_r_two_telling_components_cancel_each_other(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | accommodation_status_cleaned | service_type_cleaned | service_component_cleaned
            R      | 2025-05-01       | Unknown                      | {COMMUNITY}          | Extra care housing
            R      | 2025-05-01       |                              | {COMMUNITY}          | Shared Lives
        """
        assert details(con, story, *self.COLUMNS) == {"R": ("Unknown: Presumed in community", 0)}

    def test_s_residential_care_is_a_registered_care_home(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | accommodation_status_cleaned | service_type_cleaned
            S      | 2025-05-01       | Invalid and not mapped       | {RESIDENTIAL}
        """
        assert details(con, story, *self.COLUMNS) == {"S": ("Registered care home", 0)}

    def test_a_status_beyond_the_list_has_no_group_and_nobody_without_a_service_is_presumed_anywhere(
        self, con: BaseBackend
    ) -> None:
        story = """
            person | event_type | event_start_date | der_event_end_date | accommodation_status_cleaned
            T      | Review     | 2025-05-01       | 2025-05-01         | On the moon
            U      | Request    | 2025-05-01       | 2025-05-01         | Unknown
        """
        assert details(con, story, *self.COLUMNS) == {"T": ("On the moon", None), "U": ("Unknown", 0)}

    def test_the_latest_end_decides_before_the_stronger_service(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | der_event_end_date | service_type_cleaned
            V      | 2025-05-01       | 2025-06-01         | {NURSING}
            V      | 2025-05-01       |                    | {COMMUNITY}
        """
        assert details(con, story, *self.COLUMNS) == {"V": ("Unknown: Presumed in community", 0)}


class TestLatestKnown:
    def test_the_reference_period_goes_before_the_dates_of_the_event(self, con: BaseBackend) -> None:
        story = """
            person | ref_period_end_date | event_start_date | gender_cleaned
            A      | 2025-12-31          | 2025-09-01       | Male
            A      | 2026-03-31          | 2023-09-01       | Female
        """
        assert details(con, story, "gender") == {"A": ("Female",)}

    def test_an_open_event_is_later_than_an_ended_one_and_then_the_later_start_counts(self, con: BaseBackend) -> None:
        story = """
            person | event_start_date | der_event_end_date | gender_cleaned | ethnicity_cleaned
            A      | 2025-06-01       | 2027-01-01         | Male           | White: Irish
            A      | 2025-04-01       |                    | Female         | White: Roma
            A      | 2025-05-01       |                    | Unknown        | No data: Refused
        """
        assert details(con, story, "gender", "ethnicity") == {"A": ("Female", "White: Roma")}

    def test_refused_goes_before_undeclared_and_behind_any_other(self, con: BaseBackend) -> None:
        story = """
            person | event_start_date | ethnicity_cleaned
            A      | 2025-06-01       | No data: Undeclared or not known
            A      | 2025-04-01       | No data: Refused
            B      | 2025-04-01       |
        """
        assert details(con, story, "ethnicity") == {
            "A": ("No data: Refused",), "B": ("No data: Undeclared or not known",)
        }  # fmt: skip

    def test_support_to_a_carer_is_shown_where_nothing_else_is_known(self, con: BaseBackend) -> None:
        carer = "Social support: Support to unpaid carer"
        story = f"""
            person | event_start_date | primary_support_reason_cleaned
            A      | 2025-06-01       | {carer}
            A      | 2025-04-01       | Mental health support
            B      | 2025-04-01       | {carer}
            C      | 2025-04-01       | {carer}
            C      | 2025-04-01       | Unknown
        """
        found = details(con, story, "primary_support_reason")
        assert found == {"A": ("Mental health support",), "B": (carer,), "C": ("Unknown",)}

    def test_an_invalid_employment_stays_visible_and_other_funding_is_unknown(self, con: BaseBackend) -> None:
        story = """
            person | event_start_date | employment_status_cleaned | client_funding_status_cleaned
            A      | 2025-06-01       |                           | Somebody else
            B      | 2025-06-01       | Unknown                   | fully client funded
            B      | 2025-06-01       | Invalid and not mapped    | Fully client funded
        """
        found = details(con, story, "employment_status", "client_funding_status")
        assert found == {"A": ("Invalid and not mapped", "Unknown"), "B": ("Unknown", "Fully client funded")}

    def test_case_and_trailing_spaces_make_no_conflict_and_conflicts_are_listed(self, con: BaseBackend) -> None:
        story = """
            person | event_start_date | gender_cleaned | ethnicity_cleaned
            A      | 2025-06-01       | MALE           | White: Irish
            A      | 2025-06-01       | Male           | White: Roma
        """
        found = measured(con, ["person_details"], main_of(con, story))["person_details"]
        assert found[""].select("ethnicity").to_polars().rows() == [("No data: Undeclared or not known",)]
        assert found["_conflicts"].to_polars().rows() == [
            ("901", "A", "ethnicity", "White: Irish; White: Roma", "No data: Undeclared or not known", "1,2")
        ]

    def test_one_number_in_two_councils_is_two_people(self, con: BaseBackend) -> None:
        story = """
            person | la_code | event_start_date | gender_cleaned
            A      | 901     | 2025-06-01       | Male
            A      | 902     | 2025-06-01       | Female
            a      | 902     | 2025-05-01       | Male
        """
        found = measured(con, ["person_details"], main_of(con, story))["person_details"][""].to_polars()
        assert sorted(found.select("la_code", "gender").rows()) == [("901", "Male"), ("902", "Female")]


class TestBirthDeathAndIdentifiers:
    def test_the_latest_period_with_a_whole_birth_counts_and_its_earliest_month(self, con: BaseBackend) -> None:
        story = """
            person | ref_period_end_date | event_start_date | der_birth_year | der_birth_month
            A      | 2025-12-31          | 2025-06-01       | 1940           | 1
            A      | 2026-03-31          | 2025-06-01       | 1961           | 4
            A      | 2026-03-31          | 2025-07-01       | 1960           | 5
            A      | 2026-03-31          | 2025-07-01       | 1930           |
            B      | 2026-03-31          | 2025-07-01       | 1930           |
        """
        columns = ("der_birth_year", "der_birth_month", "der_birth_date", "der_age_end_of_period",
                   "der_working_age_band_end_of_period")  # fmt: skip
        assert details(con, story, *columns) == {
            "A": (1960, 5, date(1960, 5, 1), 65, "65 and above"),
            "B": (1930, None, None, None, "Unknown"),
        }

    def test_a_child_under_one_is_of_unknown_band(self, con: BaseBackend) -> None:
        story = """
            person | event_start_date | der_birth_year | der_birth_month
            A      | 2025-06-01       | 2025           | 6
            B      | 2025-06-01       | 2024           | 6
        """
        assert details(con, story, "der_working_age_band_end_of_period") == {"A": ("Unknown",), "B": ("Under 18",)}

    def test_the_latest_period_with_a_death_counts_and_its_latest_day(self, con: BaseBackend) -> None:
        story = """
            person | ref_period_end_date | event_start_date | date_of_death
            A      | 2025-12-31          | 2025-06-01       | 2025-12-30
            A      | 2026-03-31          | 2025-06-01       | 2025-10-01
            A      | 2026-03-31          | 2025-06-01       | 2025-10-02
            A      | 2026-03-31          | 2025-06-01       |
            B      | 2026-03-31          | 2025-06-01       |
        """
        assert details(con, story, "date_of_death") == {"A": (date(2025, 10, 2),), "B": (None,)}

    def test_of_identifiers_of_one_day_the_more_frequent_is_the_latest_and_all_are_listed(
        self, con: BaseBackend
    ) -> None:
        story = """
            person | event_start_date | la_person_unique_identifier
            A      | 2025-06-01       | L2
            A      | 2025-06-01       | L1
            A      | 2025-05-01       | L1
            B      | 2025-06-01       | L3
            B      | 2025-06-01       | L4
            C      | 2025-06-01       |
            C      | 2025-05-01       | L5
        """
        columns = ("la_person_unique_identifier_latest", "la_person_unique_identifier_concat")
        assert details(con, story, *columns) == {"A": ("L1", "L1, L2"), "B": ("Unknown", "L3, L4"), "C": ("L5", "L5")}


class TestUnpaidCarer:
    def test_whoever_a_carer_of_the_period_names_has_one(self, con: BaseBackend) -> None:
        story = """
            person | client_type_cleaned | event_start_date | der_event_end_date | la_person_unique_identifier | has_unpaid_carer | adult_2_linked_person_id
            A      | Service user        | 2023-06-01       | 2023-07-01         | L1                          | No               |
            B      | Service user        | 2025-06-01       |                    | L2                          | No               |
            C      | Service user        | 2025-06-01       |                    | L3                          | maybe            |
            X      | Unpaid carer        | 2025-06-01       |                    | L8                          |                  | l1
            Y      | Unpaid carer        | 2023-06-01       | 2025-03-31         | L9                          | Yes              | L2
        """
        found = details(con, story, "has_unpaid_carer")
        assert found == {"A": ("Yes",), "B": ("No",), "C": ("Unknown",), "X": ("Unknown",), "Y": ("Yes",)}

    def test_the_period_of_the_run_decides_what_is_evidence(self, con: BaseBackend) -> None:
        story = """
            person | client_type_cleaned | event_start_date | der_event_end_date | la_person_unique_identifier | adult_1_linked_person_id
            B      | Service user        | 2025-06-01       |                    | L2                          |
            Y      | Unpaid carer        | 2023-06-01       | 2025-03-31         | L9                          | L2
        """
        earlier = (date(2025, 1, 1), date(2025, 12, 31))
        assert details(con, story, "has_unpaid_carer", period=earlier)["B"] == ("Yes",)


def admissions(con: BaseBackend, story: str, **options: Any) -> list[tuple[Any, ...]]:
    """Start, age and status of every admission, and who is counted in which band."""
    born = {"der_birth_year": "1940", "der_birth_month": "1", "service_component_cleaned": "Residential care"}
    found = measured(con, ["ascof_2b", "ascof_2c"], main_of(con, story, **born), **options)
    parts = [found[name]["_admissions"].to_polars() for name in ("ascof_2b", "ascof_2c")]
    return sorted(pl.concat(parts).select("event_start_date", "person_status").rows())


class TestAdmissions:
    @pytest.mark.parametrize(("ended", "status"), [("2024-06-02", "Existing"), ("2024-06-01", "New")])
    def test_364_days_after_an_earlier_stay_is_existing_and_365_new(
        self, con: BaseBackend, ended: str, status: str
    ) -> None:
        story = f"""
            person | event_start_date | der_event_end_date | service_type_cleaned
            A      | 2024-01-01       | {ended}            | {RESIDENTIAL}
            A      | 2025-06-01       |                    | {NURSING}
        """
        assert admissions(con, story) == [(date(2025, 6, 1), status)]

    def test_a_stay_without_component_is_not_seen_unless_q10_is_documented(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | service_type_cleaned | service_component_cleaned
            A      | 2023-06-01       | {RESIDENTIAL}        |
            A      | 2025-06-01       | {NURSING}            | Nursing care
        """
        assert admissions(con, story) == [(date(2025, 6, 1), "New")]
        assert admissions(con, story, q10="documented") == [(date(2025, 6, 1), "Existing")]

    def test_the_second_admission_of_a_year_is_existing_and_the_person_counts_once(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | der_event_end_date | service_type_cleaned
            A      | 2025-06-01       | 2025-07-30         | {RESIDENTIAL}
            A      | 2025-09-01       |                    | {RESIDENTIAL}
        """
        assert admissions(con, story) == [(date(2025, 6, 1), "New"), (date(2025, 9, 1), "Existing")]

    def test_a_self_funder_is_no_admission_but_an_earlier_stay(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | der_event_end_date | service_type_cleaned | event_outcome_cleaned
            A      | 2025-05-01       | 2025-05-20         | {RESIDENTIAL}        | NFA: Self-funded client or under 12wk disregard
            A      | 2025-09-01       |                    | {RESIDENTIAL}        |
        """
        assert admissions(con, story) == [(date(2025, 9, 1), "Existing")]

    def test_short_stays_the_dead_children_and_people_of_unknown_age_are_left_out(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | service_type_cleaned | service_component_cleaned    | date_of_death | der_birth_year | der_birth_month
            short  | 2025-06-01       | {RESIDENTIAL}        | Short term residential care  |               | 1940           | 1
            dead   | 2025-06-01       | {RESIDENTIAL}        | Residential care             | 2025-03-31    | 1940           | 1
            ageless| 2025-06-01       | {RESIDENTIAL}        | Residential care             |               |                | 1
            child  | 2025-06-01       | {RESIDENTIAL}        | Residential care             |               | 2010           | 1
        """
        found = measured(con, ["ascof_2b", "ascof_2c"], main_of(con, story))
        young = found["ascof_2b"]["_admissions"].select(PERSON, "der_age_event_start")
        assert young.to_polars().rows() == [("child", 15)]
        assert found["ascof_2b"]["_people"].to_polars().is_empty()
        assert found["ascof_2c"]["_people"].to_polars().is_empty()

    def test_who_is_newly_admitted_in_both_bands_counts_in_the_younger(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | der_event_end_date | service_type_cleaned | service_component_cleaned | der_birth_year | der_birth_month
            A      | 2025-05-01       | 2023-01-01         | {RESIDENTIAL}        | Residential care          | 1960           | 8
            A      | 2025-09-01       |                    | {NURSING}            | Nursing care              | 1960           | 8
        """
        found = measured(
            con,
            ["ascof_2b", "ascof_2c"],
            main_of(con, story),
            lookups=reference(REF_ONS_Pop_Gender_Pub_Age_Bands=POPULATION),
        )
        rates = [found[n][""].select("group", "numerator", "denominator", "outcome").to_polars().row(0) for n in found]
        assert rates == [("18 to 64", 1, 200_000, 0.5), ("65 and above", 0, 40_000, 0.0)]
        assert found["ascof_2b"]["_people"].to_polars()["record_ids"].to_list() == ["1,2"]

    def test_without_populations_numerators_come_out_and_it_is_said(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | service_type_cleaned | service_component_cleaned | der_birth_year | der_birth_month
            A      | 2025-06-01       | {RESIDENTIAL}        | Residential care          | 1940           | 1
        """
        made = measured(con, ["ascof_2c"], main_of(con, story))
        figures = made["ascof_2c"][""].select("numerator", "denominator", "outcome").to_polars()
        assert figures.rows() == [(1, None, None)]
        assert "no population is given" in made.source.notes[0]
        assert "--reference" in made.source.notes[0]

    def test_a_council_that_the_populations_lack_keeps_its_numerator_and_is_named(self, con: BaseBackend) -> None:
        lacking = reference(REF_ONS_Pop_Gender_Pub_Age_Bands=POPULATION.with_columns(code=pl.lit("E2")))
        story = f"""
            person | event_start_date | service_type_cleaned | service_component_cleaned | der_birth_year | der_birth_month
            A      | 2025-06-01       | {RESIDENTIAL}        | Residential care          | 1940           | 1
        """
        made = measured(con, ["ascof_2c"], main_of(con, story), lookups=lacking)
        figures = made["ascof_2c"][""].select("la_code", "numerator", "denominator", "outcome").to_polars()
        assert figures.rows() == [("901", 1, None, None)]
        assert "has no population (65 and above) of: Exampleshire" in made.source.notes[0]


LD = "Learning disability support"


class TestLivingAtHome:
    def test_the_example_nursing_since_june_aged_64(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | der_event_end_date | service_type_cleaned | accommodation_status_cleaned | der_birth_year | der_birth_month | gender_cleaned
            A      | 2024-01-01       | 2025-06-10         | {COMMUNITY}          | Registered nursing home      | 1961           | 4               | Female
            A      | 2025-06-10       |                    | {NURSING}            | Registered nursing home      | 1961           | 4               | Female
        """
        tables = measured(con, ["ascof_2e"], main_of(con, story))["ascof_2e"]
        people = tables["_people"].select("person_age", "person_working_age_band", "in_denominator", "in_numerator")
        assert people.to_polars().rows() == [(64, "18 to 64", 1, 0)]
        figures = tables[""].filter(lambda t: t.denominator > 0).select("group", "numerator", "denominator")
        assert sorted(figures.to_polars().rows()) == [("Female", 0, 1), ("Total", 0, 1)]

    def test_genders_that_do_not_occur_are_not_laid_out_and_unknown_ones_are_in_the_total(
        self, con: BaseBackend
    ) -> None:
        story = f"""
            person | event_start_date | service_type_cleaned | accommodation_status_cleaned | der_birth_year | der_birth_month | gender_cleaned
            A      | 2025-06-01       | {COMMUNITY}          | Tenant: Private landlord     | 1980           | 4               | Male
            B      | 2025-06-01       | {COMMUNITY}          | Refuge                       | 1980           | 4               |
        """
        figures = measured(con, ["ascof_2e"], main_of(con, story))["ascof_2e"][""].to_polars()
        younger = figures.filter(pl.col("description").str.contains("18-64"))
        assert sorted(younger.select("group", "numerator", "denominator", "outcome").rows()) == [
            ("Male", 1, 1, 100.0), ("Total", 1, 2, 50.0)
        ]  # fmt: skip
        older = figures.filter(pl.col("description").str.contains("65"))
        assert sorted(older.select("group", "numerator", "denominator", "outcome").rows()) == [
            ("Male", 0, 0, 0.0), ("Total", 0, 0, 0.0)
        ]  # fmt: skip

    def test_presumed_at_home_is_at_home_and_unknown_and_unknown_ages_are_in_neither_number(
        self, con: BaseBackend
    ) -> None:
        story = f"""
            person | event_start_date | service_type_cleaned | service_component_cleaned | der_birth_year | der_birth_month
            home   | 2025-06-01       | {COMMUNITY}          | {HOME_SUPPORT}            | 1940           | 1
            ageless| 2025-06-01       | {COMMUNITY}          | {HOME_SUPPORT}            |                |
        """
        tables = measured(con, ["ascof_2e"], main_of(con, story))["ascof_2e"]
        people = tables["_people"].select(PERSON, "in_denominator", "in_numerator").to_polars()
        assert sorted(people.rows()) == [("ageless", 0, 0), ("home", 1, 1)]
        assert tables["_unknown"].to_polars()["count"].to_list() == [2]

    def test_learning_disability_is_told_by_the_latest_reason_whatever_its_case(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | service_type_cleaned | primary_support_reason_cleaned | der_birth_year | der_birth_month
            A      | 2025-06-01       | {COMMUNITY}          | {LD}                           | 1980           | 1
            B      | 2025-06-01       | {COMMUNITY}          | {LD}                           | 1950           | 1
            C      | 2025-06-01       | {COMMUNITY}          | Mental health support          | 1980           | 1
        """
        tables = measured(con, ["ascof_2e_ld"], main_of(con, story))["ascof_2e_ld"]
        assert tables["_people"].to_polars()[PERSON].to_list() == ["A"]
        assert set(tables[""].to_polars()["measure"]) == {"ASCOF 2E LD"}


class TestSelfDirectedSupport:
    CLIENTS = f"""
        person | event_start_date | service_type_cleaned | service_component_cleaned | delivery_mechanism_cleaned | der_birth_year | der_birth_month
        A      | 2025-06-01       | {COMMUNITY}          | {HOME_SUPPORT}            | CASSR commissioned support | 1940           | 1
        A      | 2025-06-01       | {COMMUNITY}          | {PAYMENT}                 |                            | 1940           | 1
        B      | 2025-06-01       | {COMMUNITY}          |                           | {PAYMENT}                  | 1940           | 1
        B      | 2025-06-01       | {NURSING}            |                           |                            | 1940           | 1
        C      | 2025-06-01       | {COMMUNITY}          |                           | Invalid and not mapped     | 1940           | 1
    """

    def test_the_examples_a_b_and_c(self, con: BaseBackend) -> None:
        tables = measured(con, ["ascof_3d"], main_of(con, self.CLIENTS))["ascof_3d"]
        shown = tables["_clients"].select(
            PERSON, "service_type", "delivery_mechanism", "in_denominator", "in_1a", "in_2a"
        )
        assert sorted(shown.to_polars().rows()) == [
            ("A", COMMUNITY, PAYMENT, 1, 1, 1), ("B", NURSING, "", 0, 0, 0), ("C", COMMUNITY, "", 1, 0, 0)
        ]  # fmt: skip
        unknown = tables["_unknown"].to_polars().select("measure", "count").rows()
        assert sorted(unknown) == [("ASCOF 3D (Carers)", 0), ("ASCOF 3D (Clients)", 1)]

    @pytest.mark.parametrize(
        ("option", "support"), [("official", None), ("documented", "CASSR Managed Personal Budget")]
    )
    def test_example_d_a_carer_without_component_fits_no_rule(
        self, con: BaseBackend, option: str, support: str | None
    ) -> None:
        story = """
            person | client_type_cleaned | event_start_date | service_type_cleaned                         | delivery_mechanism_cleaned    | der_birth_year | der_birth_month
            D      | Unpaid carer        | 2025-06-01       | Unpaid carer support: Direct to unpaid carer | CASSR managed personal budget | 1970           | 1
        """
        carers = measured(con, ["ascof_3d"], main_of(con, story), q12=option)["ascof_3d"]["_carers"].to_polars()
        assert carers["support_provided"].to_list() == ([support] if support else [])

    def test_clients_are_those_of_the_last_day_and_carers_those_of_the_year(self, con: BaseBackend) -> None:
        cared_for = "Unpaid carer support: Support involving the person cared-for"
        story = f"""
            person | client_type_cleaned | event_start_date | der_event_end_date | service_type_cleaned
            ended  | Service user        | 2025-06-01       | 2026-03-30         | {COMMUNITY}
            stays  | Service user        | 2025-06-01       | 2026-03-31         | {COMMUNITY}
            carer  | Unpaid carer        | 2025-02-01       | 2025-04-01         | {cared_for}
            former | Unpaid carer        | 2025-02-01       | 2025-03-31         | {cared_for}
        """
        tables = measured(con, ["ascof_3d"], main_of(con, story))["ascof_3d"]
        assert tables["_clients"].to_polars()[PERSON].to_list() == ["stays"]
        assert tables["_carers"].select(PERSON, "support_provided").to_polars().rows() == [
            ("carer", "No Direct Support Provided to Carer")
        ]

    def test_unknown_ages_are_in_the_total_only_and_the_young_in_nothing(self, con: BaseBackend) -> None:
        story = f"""
            person | event_start_date | service_type_cleaned | delivery_mechanism_cleaned | der_birth_year | der_birth_month
            A      | 2025-06-01       | {COMMUNITY}          | {PAYMENT}                  | 1980           | 1
            B      | 2025-06-01       | {COMMUNITY}          |                            |                |
            C      | 2025-06-01       | {COMMUNITY}          | {PAYMENT}                  | 2026           | 1
        """
        figures = measured(con, ["ascof_3d"], main_of(con, story))["ascof_3d"][""].to_polars()
        first = figures.filter(pl.col("description").str.starts_with("1a"))
        assert sorted(first.select("group", "numerator", "denominator", "outcome").rows()) == [
            ("18 to 64", 1, 1, 100.0), ("Total", 1, 2, 50.0)
        ]  # fmt: skip

    def test_advice_is_the_support_of_a_carer_who_only_asked(self, con: BaseBackend) -> None:
        advice = "NFA: Information and advice or signposting"
        story = f"""
            person | client_type_cleaned | event_type | event_start_date | event_outcome_cleaned
            R      | Unpaid carer        | Request    | 2025-06-01       | {advice}
            V      | Unpaid carer        | Review     | 2025-06-01       | {advice}
            W      | Unpaid carer        | Assessment | 2025-06-01       |
            X      | Unpaid carer        | Request    | 2025-06-01       | NFA: Other
        """
        carers = measured(con, ["ascof_3d"], main_of(con, story))["ascof_3d"]["_carers"]
        support = dict(carers.select(PERSON, "support_provided").to_polars().rows())
        advised = "Information, Advice and Other Universal Services / Signposting"
        assert support == {"R": advised, "V": advised, "W": "No Direct Support Provided to Carer"}
