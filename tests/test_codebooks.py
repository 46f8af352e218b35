"""Foreign tables become our columns by documented rules; the original codes stay beside them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from geo import codebooks, formats, marks, tables
from geo.codebooks import acled, plain, ucdp_ged
from geo.codebooks.settings import Mapped, Settings
from geo.codebooks.values import EPOCH, Day, Fault, read_count, read_day, read_latitude, visible
from geo.errors import TansiqError
from tests import foreign

FIRST, LAST = date(1989, 1, 1), date(2026, 1, 1)


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    return codebooks.governorates(tables.load())


@pytest.fixture
def read(names, tmp_path: Path):
    """Give what reads a table whole: our columns as rows, findings, flags."""

    def whole(text: str | bytes, book: str = "", order: str = "", **mapped):
        opened = formats.opened(foreign.written(tmp_path, text))
        first, last = codebooks.days((FIRST, LAST))
        settings = Settings("t", names, order, first, last, mapped=Mapped(**mapped))
        found = codebooks.recognised(opened.header, book)
        rows, findings, flagged = [], [], []
        for _, done in codebooks.Importing(opened, found, settings):
            rows += done.table.to_pylist()
            findings += done.findings
            flagged += done.flagged
        return rows, findings, flagged

    return whole


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2017-11-10", "", "2017-11-10"),
        ("2017/11/10", "", "2017-11-10"),
        ("20171110", "", "2017-11-10"),
        ("2017-07-31 00:00:00.000", "", "2017-07-31"),
        ("2017-5-3T10:00:00Z", "", "2017-05-03"),
        ("25/10/2017", "", "2017-10-25"),
        ("10/25/2017", "", "2017-10-25"),
        ("10/10/2017", "", "2017-10-10"),
        ("10/11/2017", "day-first", "2017-11-10"),
        ("10/11/2017", "month-first", "2017-10-11"),
        ("٢٠١٧/١١/١٠", "", "2017-11-10"),
        ("۲۰۱۷-۱۱-۱۰", "", "2017-11-10"),
        ("٢٣ أيار ٢٠٢١", "", "2021-05-23"),
        ("٢٣ی ئایاری ٢٠٢١", "", "2021-05-23"),
        ("٣ كانون الثاني/يناير ٢٠١٧", "", "2017-01-03"),
        ("3 تشرين الأول 2017", "", "2017-10-03"),
        ("16 February 2023", "", "2023-02-16"),
        ("16-Feb-2023", "", "2023-02-16"),
        ("Sunday, 23rd of May 2021", "", "2021-05-23"),
        ("كانون الثاني 2017", "", "2017-01"),
        ("2017-05", "", "2017-05"),
        ("2017", "", "2017"),
    ],
)
def test_dates_are_read(text: str, order: str, expected: str) -> None:
    """In any script, by numbers or names, as precise as they are written."""
    found = read_day(text, order)
    assert isinstance(found, Day)
    assert found.text == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10/11/2017", "ambiguous_date"),
        ("10.11.2017", "ambiguous_date"),
        ("1439-01-26", "hijri"),
        ("26/01/1439", "hijri"),
        ("1396-05-01", "hijri"),
        ("15 رمضان 1438", "hijri"),
        ("1 ربيع الأول 1439", "hijri"),
        ("10/11/17", "short_year"),
        ("3 May", "short_year"),
        ("2017-02-30", "no_such_day"),
        ("2017-13", "no_such_day"),
        ("0000", "no_such_day"),
        ("", "no_date"),
        (" \u200f ", "no_date"),
        ("NA", "not_a_date"),
        ("43049", "not_a_date"),
        ("May", "not_a_date"),
        ("2017-11-10-12", "not_a_date"),
    ],
)
def test_what_is_no_date_says_why(text: str, reason: str) -> None:
    """No date is guessed, converted from another calendar, or silently dropped."""
    assert read_day(text) == Fault(reason)


@pytest.mark.parametrize("lang", ["en", "ar", "ckb"])
def test_every_month_that_we_write_is_read(lang: str) -> None:
    """What the dashboard writes as a date can be imported."""
    from geo.i18n import day  # noqa: PLC0415 - beside its one use

    for month in range(1, 13):
        found = read_day(day(date(2021, month, 9), lang))
        assert isinstance(found, Day)
        assert found.text == f"2021-{month:02d}-09"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("33.3", 33.3), ("٣٣٫٣", 33.3), ("33,35", 33.35), ("-0", 0.0), ("1e1", 10.0), ("", None),
        ("NaN", Fault("not_finite")), ("-inf", Fault("not_finite")),
        ("90.01", Fault("out_of_range")), ("1234", Fault("out_of_range")),
        ("1e308", Fault("out_of_range")),
        ("NA", Fault("not_a_number")), ("0x10", Fault("not_a_number")),
        ("1_0", Fault("not_a_number")), ("33.3°N", Fault("not_a_number")),
    ],
)  # fmt: skip
def test_coordinates(text: str, expected: object) -> None:
    """A latitude is a finite number of degrees, or the reason why not."""
    assert read_latitude(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3", 3), ("٣", 3), ("12.0", 12), ("", None), ("-0", 0), ("-1", Fault("negative")),
     ("1.5", Fault("not_a_count")), ("many", Fault("not_a_count")), ("NaN", Fault("not_finite"))],
)  # fmt: skip
def test_counts(text: str, expected: object) -> None:
    """A number of people is whole and not below zero."""
    assert read_count(text) == expected


def test_what_acts_unseen_is_written_out() -> None:
    """NUL, controls and bidi overrides are shown as marks; joiners, tabs and line ends stay."""
    assert visible("a\x00b\u202ec\u2067") == "a⟨U+0000⟩b⟨U+202E⟩c⟨U+2067⟩"
    assert visible("نە\u200cما\t\n\u200f") == "نە\u200cما\t\n\u200f"


def test_ged_row_in_our_columns(read) -> None:
    """A row of GED-like data: mapped values, codes with their scales, all columns as they are."""
    rows, findings, _ = read(foreign.ged({"id": "00123", "side_b": "NA", "best": "3.0"}))
    (row,) = rows
    assert findings == []
    assert {k: row[k] for k in ("event_id", "date_start", "event_type", "admin1", "place_en")} == {
        "event_id": "00123", "date_start": "2019-05-04", "event_type": "armed_clash",
        "admin1": "IQ-KI", "place_en": "Invented town"}  # fmt: skip
    assert (row["date_code"], row["date_scale"]) == ("1", "UCDP GED date_prec")
    assert (row["fatalities_low"], row["fatalities_best"], row["fatalities_high"]) == (2, 3, 5)
    assert [row[f"title_{la}"] for la in ("en", "ar", "ckb")] == [foreign.GED["dyad_name"]] * 3
    assert (row["title_langs"], row["n_sources"]) == ("en", 2)
    kept = {name: row[f"src.{name}"] for name in foreign.GED_COLUMNS}
    assert kept == {**dict.fromkeys(kept, ""), **foreign.GED, "id": "00123", "side_b": "NA",
                    "best": "3.0"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"where_prec": "2"}, ("day", "district", 35.4)),
        ({"where_prec": "4"}, ("day", "governorate", 35.4)),
        ({"where_prec": "6"}, ("day", "none", None)),
        ({"date_prec": "4", "date_end": "2019-05-30"}, ("month", "town", 35.4)),
        ({"date_prec": "3.0", "date_end": "2019-05-10"}, ("week", "town", 35.4)),
    ],
)  # fmt: skip
def test_ged_precision(read, change: dict[str, str], expected: tuple) -> None:
    """Scales are mapped by their tables; the middle of a country is no point."""
    (row,), _, _ = read(foreign.ged(change))
    assert (row["date_precision"], row["geo_precision"], row["lat"]) == expected
    assert row["src.latitude"] == "35.4"
    assert row["geo_code"] == row["src.where_prec"]


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"date_start": "2019-05-05"}, "date_start, date_end", "start_after_end"),
        ({"date_end": "2030-01-01", "date_prec": "5"}, "date_end", "date_limits"),
        ({"date_start": "1988-12-31"}, "date_start", "date_limits"),
        ({"date_start": "2019-05"}, "date_start", "not_a_date"),
        ({"type_of_violence": "4"}, "type_of_violence", "unknown_code"),
        ({"where_prec": ""}, "where_prec", "unknown_code"),
        ({"longitude": "", "latitude": "35"}, "longitude", "half_a_point"),
        ({"best": "x"}, "best", "not_a_count"),
        ({"id": " "}, "", "no_id"),
    ],
)  # fmt: skip
def test_ged_faults(read, change: dict[str, str], column: str, reason: str) -> None:
    """A row that breaks a rule is told with line, column and reason; its neighbours are taken."""
    rows, findings, _ = read(foreign.ged({}, change, {}))
    assert [row["event_id"] for row in rows] == ["1000", "1002"]
    assert [(f.line, f.column, f.reason) for f in findings] == [(3, column, reason)]


def test_hxl_row_is_no_row(read) -> None:
    """The second line of humanitarian exchanges is left out; lines are still those of the file."""
    text = foreign.ged({}, {"latitude": "x"})
    head, rest = text.split("\r\n", 1)
    tags = ",".join("#date+start" if i % 7 == 0 else "" for i in range(len(foreign.GED_COLUMNS)))
    rows, findings, _ = read(f"{head}\r\n{tags}\r\n{rest}")
    assert [row["source_line"] for row in rows] == [3]
    assert [(f.line, f.column, f.value) for f in findings] == [(4, "latitude", "x")]


@pytest.mark.parametrize("columns", [foreign.ACLED_COLUMNS, foreign.OLD_ACLED_COLUMNS])
def test_acled_of_both_ages(read, columns) -> None:
    """Exports before and after the change of columns give the same event, all columns kept."""
    (row,), findings, _ = read(foreign.acled({}, columns=columns))
    assert findings == []
    assert (row["event_id"], row["event_type"], row["admin1"]) == ("IRQ1", "armed_clash", "IQ-KI")
    assert row["title_ckb"] == "Armed clash: Invented forces – Invented militia"
    assert (row["fatalities_best"], row["fatalities_low"], row["n_sources"]) == (3, None, 2)
    assert [name[4:] for name in row if name.startswith("src.")] == list(columns)


def test_acled_precision_becomes_intervals(read) -> None:
    """A week reaches three days around its middle, a month is the month; codes stay."""
    rows, _, _ = read(foreign.acled({}, {"time_precision": "2"}, {"time_precision": "3"}))
    spans = {row["event_id"]: (row["date_start"], row["date_end"], row["date_precision"])
             for row in rows}
    assert spans == {
        "IRQ1": ("2021-05-23", "2021-05-23", "day"),
        "IRQ2": ("2021-05-20", "2021-05-26", "week"),
        "IRQ3": ("2021-05", "2021-05", "month"),
    }  # fmt: skip
    month = next(row for row in rows if row["event_id"] == "IRQ3")
    days = [EPOCH + timedelta(days=month[name]) for name in ("day_start", "day_end")]
    assert days == [date(2021, 5, 1), date(2021, 5, 31)]


def test_every_mapped_type_is_one_of_ours() -> None:
    """No codebook invents a type."""
    mapped = {*ucdp_ged.TYPES.values(), *acled.TYPES.values(), *acled.SUB_TYPES.values()}
    assert mapped <= set(marks.EVENT_TYPES)


def test_points_are_flagged_and_never_moved(read) -> None:
    """Swapped points, 0, 0 and unknown governorates are taken as they are, and told."""
    rows, findings, flagged = read(foreign.acled(
        {"latitude": "44.3", "longitude": "35.4"}, {"latitude": "0", "longitude": "0"},
        {"admin1": "Atlantis"}, {"country": "Syria", "admin1": "Al-Hasakeh"}))  # fmt: skip
    assert findings == []
    assert [(f.line, f.reason) for f in flagged] == [
        (2, "swapped"), (3, "null_island"), (4, "unknown_governorate")]  # fmt: skip
    assert [(r["lat"], r["import_flags"]) for r in rows] == [
        (44.3, "swapped"), (0.0, "null_island"), (35.4, "unknown_governorate"),
        (35.4, "")]  # fmt: skip


def test_events_without_a_point_are_taken(read) -> None:
    """Two empty coordinates are an event without a point, not a fault."""
    (row,), findings, _ = read(foreign.acled({"latitude": "", "longitude": ""}))
    assert findings == []
    assert (row["lat"], row["geo_precision"], row["geo_code"]) == (None, "none", "1")


@pytest.mark.parametrize(
    "text",
    [
        "date,lat,lon,governorate,type,title\n2021-05-23,35.4,44.3,Kirkuk,vote,An event\n",
        (
            "التاريخ,خط العرض,خط الطول,المحافظة,نوع الحدث,العنوان\n"
            "٢٣ أيار ٢٠٢١,٣٥٫٤,٤٤٫٣,محافظة كركوك,vote,An event\n"
        ),
        (
            "بەروار;هێڵی پانی;هێڵی درێژی;پارێزگا;جۆر;ناونیشان\n"
            "٢٣ی ئایاری ٢٠٢١;35,4;44,3;کەرکووک;vote;An event\n"
        ),
    ],
)
def test_plain_tables_by_their_headers(read, text: str) -> None:
    """English, Arabic and Sorani headers give the same event."""
    (row,), findings, flagged = read(text)
    assert (findings, flagged) == ([], [])
    assert (row["date_start"], row["lat"], row["admin1"], row["event_type"], row["title_ar"]) == (
        "2021-05-23", 35.4, "IQ-KI", "vote", "An event")  # fmt: skip


def test_a_mapping_names_columns_types_and_governorates(read) -> None:
    """What no header tells, a mapping does; what it leaves open is flagged, not guessed."""
    text = "wann;breite;länge;was;wo\n2021-05-23;35,4;44,3;Anschlag;Tameem\n2021;;;Fest;Tameem\n"
    rows, findings, flagged = read(
        text, "table",
        columns={"date": "wann", "lat": "breite", "lon": "länge", "type": "was", "admin1": "wo"},
        types={"Anschlag": "attack_on_civilians"}, governorates={"Tameem": "IQ-KI"})  # fmt: skip
    assert findings == []
    assert [(r["event_type"], r["admin1"], r["date_precision"]) for r in rows] == [
        ("attack_on_civilians", "IQ-KI", "day"), ("", "IQ-KI", "year")]  # fmt: skip
    assert [f.reason for f in flagged] == ["unknown_type"]


def test_twins_are_told_with_the_first_line(read) -> None:
    """The first of two equal identifiers is taken; a table without any compares whole rows."""
    rows, findings, _ = read(foreign.ged({}, {"id": "1000", "best": "9"}))
    assert [row["fatalities_best"] for row in rows] == [3]
    assert [(f.line, f.value, f.reason) for f in findings] == [(3, "1000 = 2", "duplicate")]
    rows, findings, _ = read("date,title\n2021-05-23,a\n2021-05-23,b\n2021-05-23,a\n")
    assert len(rows) == 2
    assert [(f.line, f.reason) for f in findings] == [(4, "duplicate")]


def test_a_twin_of_a_rejected_row_is_taken(read) -> None:
    """Only a row that was taken makes another one a duplicate."""
    rows, findings, _ = read(foreign.ged({"latitude": "x"}, {"id": "1000"}))
    assert [row["source_line"] for row in rows] == [3]
    assert [f.reason for f in findings] == ["not_a_number"]


@pytest.mark.parametrize(
    ("header", "book"),
    [(foreign.GED_COLUMNS, "ucdp-ged"), (foreign.ACLED_COLUMNS, "acled"),
     (foreign.OLD_ACLED_COLUMNS, "acled"), (("Date", "x"), "table")],
)  # fmt: skip
def test_tables_are_recognised(header, book: str) -> None:
    """By their columns, in any order and case."""
    shuffled = [name.upper() for name in reversed(header)]
    assert codebooks.recognised(shuffled).name == book


@pytest.mark.parametrize("header", [("a", "b"), ("latitude", "longitude")])
def test_a_table_without_a_date_is_refused(header) -> None:
    """A file that no codebook knows is refused as a whole, with a sentence."""
    with pytest.raises(TansiqError, match="no date of an event"):
        codebooks.recognised(header)


@pytest.mark.parametrize(
    "text",
    ["colums = {}", "columns = 3", "[types]\na = 'party'", "dates = 'dmy'", "x", "title_lang='de'",
     "[governorates]\na = 'IQ-XX'", "first_day = '2011'"],
)  # fmt: skip
def test_a_faulty_mapping_is_refused(tmp_path: Path, text: str) -> None:
    """What a mapping file cannot mean is named."""
    path = foreign.written(tmp_path, text, "map.toml")
    with pytest.raises(TansiqError, match=r"map\.toml"):
        Mapped.read(path)


def test_aliases_belong_to_one_column() -> None:
    """No header stands for two of our columns."""
    heads = [head for names in plain.ALIASES.values() for head in names]
    assert sorted(heads) == sorted(set(heads))
