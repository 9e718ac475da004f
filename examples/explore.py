"""Explore Client Level Data: from a submission to your own questions, with a made-up council or your own register.

    marimo edit examples/explore.py                       in the browser, every cell at hand
    marimo edit examples/explore.py -- --store STORE      with your own register; --la 503 begins with that council
    python examples/explore.py                            just run it

marimo is not among the packages that asccld needs: python -m pip install marimo
"""
# A cell is a function that marimo names, calls and ends with what it gives to others:
# ruff: noqa: ANN001, ANN202, B018, INP001, N803, PLR1711

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Explore Client Level Data")


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    # Explore Client Level Data

    This notebook goes the whole way once: check a submission, keep it in a register, build the national main table,
    compute official measures, look at those who are counted, and ask a question of your own. Change any cell, and all
    that depends on it follows.

    Without anything else it uses a **made-up council**. With `-- --store STORE` it reads your own register, which
    `asccld submissions add` makes; where it holds several councils, choose one below, or begin with `--la CODE`.
    What it shows of your register is **personal data** where rows of people appear.
    """)
    return


@app.cell
def _():
    import sys
    import tempfile
    from datetime import date, datetime, time
    from pathlib import Path

    import altair as alt
    import ibis
    import marimo as mo
    import polars as pl

    import asccld
    from asccld.engine import connect, keeper, table
    from asccld.errors import AsccldError
    from asccld.measures import compute_from_main, measure_named, settings_for
    from asccld.privacy import PseudonymKey
    from asccld.standard.names import did_you_mean
    from asccld.submissions import Register

    ibis.options.interactive = False
    return (
        AsccldError,
        Path,
        PseudonymKey,
        Register,
        alt,
        asccld,
        compute_from_main,
        connect,
        date,
        datetime,
        did_you_mean,
        ibis,
        keeper,
        measure_named,
        mo,
        pl,
        settings_for,
        sys,
        table,
        tempfile,
        time,
    )


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 1. A submission, checked

    `asccld.validate` is what `asccld validate` runs: a verdict, the findings, and counts by rule and by field as
    Polars tables.
    """)
    return


@app.cell
def _(Path, PseudonymKey, Register, asccld, datetime, tempfile, time):
    def made_up_register() -> Path:
        """Five quarters of one made-up council, as it would have sent them."""
        folder = Path(tempfile.mkdtemp(prefix="asccld-explore-"))
        key = PseudonymKey.generate()  # of your own register: asccld key
        with Register.open(folder / "store", create=True) as register:
            for sent in asccld.make_councils(councils=1, people=160, quarters=5, release="auto", seed=7):
                path = folder / sent.file_name
                sent.frame.write_csv(path)
                moment = datetime.combine(sent.received, time(9))
                register.add(path, la=sent.la_code, received=moment, key=key)
        return folder / "store"

    return (made_up_register,)


@app.cell
def _(AsccldError, Path, Register, did_you_mean, made_up_register, mo, sys):
    def standing(store: Path) -> dict[str, list]:
        """By council the submissions that count, the newest last."""
        with Register.open(store) as register:
            found = [s.submission for s in register.list() if s.state in {"current", "superseded"}]
        if not found:
            raise AsccldError(
                "The register holds no accepted submission", str(store), "asccld submissions add makes one"
            )
        found.sort(key=lambda s: s.import_date)
        return {code: [s for s in found if s.la_code == code] for code in dict.fromkeys(s.la_code for s in found)}

    def chosen(councils: dict[str, list], asked: str | None) -> str:
        """The council that was asked for, else the one whose file is the newest."""
        if asked is not None and asked not in councils:
            remedy = did_you_mean(asked, councils) or f"There are: {', '.join(sorted(councils))}"
            raise AsccldError("The register has no such council", f"--la {asked}", remedy)
        return asked or max(councils, key=lambda code: councils[code][-1].import_date)

    _given, store, councils, _first, _wrong = mo.cli_args(), None, {}, None, ""
    try:
        store = Path(str(_given["store"])) if _given.get("store") else made_up_register()
        councils = standing(store)
        _first = chosen(councils, str(_given["la"]) if _given.get("la") else None)
    except AsccldError as _error:
        _wrong = str(_error)
    if _wrong and mo.app_meta().mode == "script":
        sys.stderr.write(f"explore: {_wrong}\n")
        sys.exit(2)
    mo.stop(bool(_wrong), mo.callout(_wrong, kind="danger"))
    council = mo.ui.dropdown(
        {f"{sent[-1].la_name or code} ({code})": code for code, sent in councils.items()},
        value=f"{councils[_first][-1].la_name or _first} ({_first})",
        allow_select_none=False,
        label="Council",
    )
    council
    return council, councils, store


@app.cell
def _(Register, council, councils, mo, store):
    _sent = councils[council.value]
    newest = _sent[-1]
    with Register.open(store) as _register:
        original = _register.original(newest.number)
        events_files = _register.parquet_paths(la=newest.la_code)
        withdrawn = _register.withdrawn()
    mo.md(f"{len(_sent)} submissions count; the newest is of **{newest.la_name}**, up to {newest.period_end}.")
    return events_files, newest, original, withdrawn


@app.cell
def _(asccld, newest, original, pl):
    result = asccld.validate(original, la=newest.la_code, received=newest.received_at.date())
    result.rules.filter(pl.col("outcome") == "failed").select("severity", "title", "header", "failed", "checked").sort(
        "failed", descending=True
    )
    return (result,)


@app.cell
def _(alt, pl, result):
    quality = (
        result.fields.filter(pl.col("field_status").is_in(["Mandatory", "Applicable but not mandatory"]))
        .group_by("module", "header")
        .agg(
            applicable=pl.col("count").sum(),
            passed=pl.col("count").filter(pl.col("field_validity") == "Passed: Valid").sum(),
        )
        .with_columns(valid=pl.col("passed") / pl.col("applicable"))
        .sort("valid")
    )
    alt.Chart(alt.Data(values=quality.head(15).to_dicts()), title="The 15 fields with most to gain").mark_bar().encode(
        x=alt.X("valid:Q", title="Share of cells that are filled in and valid", axis=alt.Axis(format="%")),
        y=alt.Y("header:N", sort=None, title=None),
    )
    return (quality,)


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 2. The main table

    Submissions overlap. `asccld.process` decides which file counts for which quarter and which rows are the same event,
    exactly as the Department does. Nothing is computed before it is asked for: tables are Ibis expressions on DuckDB.
    """)
    return


@app.cell
def _(asccld, connect, date, events_files, keeper, newest, table, withdrawn):
    _engine = connect()  # its name begins so that marimo leaves the connection alone
    year_end = newest.period_end
    year_start = date(year_end.year - 1, year_end.month % 12 + 1, 1)
    processed = asccld.process(
        table(_engine, events_files),
        mode="joined",
        start=year_start,
        end=year_end,
        as_of=date(2099, 12, 31),
        excluded=withdrawn,
        hold=keeper(_engine),
    )
    main = keeper(_engine)(processed.main)
    processed.explanation["files"].to_polars()
    return main, processed, year_end, year_start


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 3. Official measures

    A measure gives a table of figures and tables of those who are counted. `asccld measures list` names all of them.
    """)
    return


@app.cell
def _(compute_from_main, main, measure_named, mo, settings_for, year_end, year_start):
    settings = settings_for(year_start, year_end, {"intervals": "95"})
    made = compute_from_main(["ascof_2e", "ascof_3d", "waiting_times"], main, settings)
    ascof_2e = made["ascof_2e"][""].to_polars()
    mo.md(f"**{measure_named('ascof_2e').title}**, by the method {measure_named('ascof_2e').method}")
    return ascof_2e, made


@app.cell
def _(ascof_2e, newest, pl):
    ours = ascof_2e.filter(pl.col("la_code") == newest.la_code)
    ours.select("description", "group", "numerator", "denominator", "outcome", "outcome_lower", "outcome_upper")
    return (ours,)


@app.cell
def _(made):
    # Those who are counted: one row for each person, by pseudonym. Personal data where the register is real.
    people = made["ascof_2e"]["_people"].to_polars()
    people.head(10)
    return (people,)


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 4. A question of your own

    How many people had long-term support in each month, by kind of setting? A service counts in every month that it
    touches. The question is one Ibis expression: it runs as it is on a national table.
    """)
    return


@app.cell
def _(ibis, main, pl, year_end, year_start):
    months = pl.DataFrame({"month": pl.date_range(year_start, year_end, interval="1mo", eager=True)})
    calendar = ibis.memtable(months)
    services = main.filter(
        main.event_type == "Service", main.service_type_cleaned.lower().startswith("long term support")
    ).select("der_nhs_la_combined_person_id", "service_type_cleaned", "event_start_date", "der_event_end_date")
    touching = calendar.join(
        services,
        [
            services.event_start_date < calendar.month + ibis.interval(months=1),
            services.der_event_end_date.fill_null(ibis.date(2099, 12, 31)) >= calendar.month,
        ],
    )
    supported = (
        touching.group_by("month", "service_type_cleaned")
        .aggregate(people=touching.der_nhs_la_combined_person_id.nunique())
        .order_by("month", "service_type_cleaned")
        .to_polars()
    )
    supported
    return (supported,)


@app.cell
def _(alt, pl, supported):
    drawn = supported.with_columns(pl.col("month").cast(pl.String), pl.col("service_type_cleaned").alias("setting"))
    alt.Chart(alt.Data(values=drawn.to_dicts()), title="People with long-term support").mark_line(point=True).encode(
        x=alt.X("month:T", title=None, axis=alt.Axis(format="%b %Y")),
        y=alt.Y("people:Q", title="People"),
        color=alt.Color("setting:N", title=None, legend=alt.Legend(orient="top", columns=1, labelLimit=400)),
    )
    return


@app.cell(hide_code=True)
def _(mo, store):
    mo.md(f"""
    ## Where to go on

    - `asccld report --store {store.name} --end YYYY-MM-DD --out report`: a workbook and pages of all official figures
    - `asccld explain ascof_2e --person ID ...`: where a person counts, and why
    - The columns of every table: `docs/reference/main-tables.md` and `docs/reference/measures/`
    """)
    return


if __name__ == "__main__":
    app.run()
