"""Promises of reading and casting: true lines, cells byte for byte, coarse dates as spans."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import tables
from geo.tables import schema

RESOURCES = schema.read_descriptor(tables.default_folder()).resources
SPANS = [
    ("2021-05-23", date(2021, 5, 23), date(2021, 5, 23)),
    ("2021-02", date(2021, 2, 1), date(2021, 2, 28)),
    ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ("2021", date(2021, 1, 1), date(2021, 12, 31)),
]


@pytest.mark.parametrize(("text", "first", "last"), SPANS)
def test_a_coarse_date_is_its_whole_span(text, first, last):
    """Month and year precision mean every day of the month and of the year."""
    assert schema.edtf_span(text) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "2021-13", "2021-00", "2021-02-30", "21", "2021-5", "٢٠٢١", "2021-05-23T00"]
)
def test_what_is_no_date_is_refused(text):
    """Nothing but a date of the calendar in its one form is a date."""
    with pytest.raises(ValueError):
        schema.edtf_span(text)
    assert schema.first_day(text) is None


NUMBERS = [("35.46", 35.46), ("-1", -1.0), ("", None), ("nan", None), ("1e5", None), ("٣", None)]


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_only_plain_decimals_are_numbers(text, value):
    """Infinite, exponential and non-ASCII numbers are none."""
    assert schema.as_number(text) == value


def governorates(tmp_path, content):
    (tmp_path / "governorates.csv").write_bytes(content)
    return schema.read_table(tmp_path, RESOURCES["governorates"])


LINES = [
    (b"admin1\nIQ-A\nIQ-B\n", [2, 3], None),
    (b"admin1\r\nIQ-A\r\n\r\nIQ-B\r\n", [2, 3, 4], None),
    (b'admin1\n"IQ\n-A"\nIQ-B\n', [2, 4], None),
    (b'\xef\xbb\xbfadmin1\nIQ-A\n"IQ"B\n', [2], 3),
    (b'admin1\nIQ-A\n"IQ-B\nIQ-C\n', [2], 3),
    (b"", [], None),
]


@pytest.mark.parametrize(("content", "lines", "broken"), LINES)
def test_lines_are_those_of_the_file(tmp_path, content, lines, broken):
    """A row's line is the physical one, also after blank lines and cells with line ends."""
    table = governorates(tmp_path, content)
    assert [row.line for row in table.rows] == lines
    assert (table.broken and table.broken[0]) == broken


def test_a_missing_file_is_an_empty_table(tmp_path):
    """Reading never fails: the manifest tells what is missing."""
    table = schema.read_table(tmp_path, RESOURCES["events"])
    assert (table.rows, table.header, table.raw) == ((), (), b"")


TEXTS = ["NA", "None", "null", "00123", "1e3", "true", " x ", "=1+1", "{{7*7}}", "‌ئێمە"]


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_as_it_stands(tmp_path, text):
    """No text becomes a number, a missing value or anything else."""
    content = schema.render(["admin1", "name_en"], [["IQ-A", text]])
    frame = schema.cast(governorates(tmp_path, content))
    assert frame.loc[0, "name_en"] == text
    assert frame.loc[0, "note_en"] == ""


def test_kinds_are_cast_as_declared():
    """Integers may be missing, numbers are NaN for nothing, text is "" for nothing."""
    frame = tables.load().frames["events"]
    assert frame["fatalities_best"].dtype == pd.Int64Dtype()
    assert frame["seed_only"].dtype == bool
    assert (frame["title_ar"].dtype == "str", bool(frame.notna()["note_en"].all())) == (True, True)
    assert tables.load().frames["places"]["lat"].dtype == "float64"


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_what_is_rendered_reads_back(rows):
    """The canonical form holds every text, quotes and line ends included."""
    content = schema.render(["a", "b"], rows)
    records, broken = schema.records(content.decode("utf-8"))
    assert broken is None
    assert [list(row.cells) for row in records] == [["a", "b"], *rows]


@given(st.binary(max_size=80))
def test_reading_never_fails(tmp_path_factory, content):
    """Any bytes whatever make a table; what is wrong with it is for the checks to say."""
    folder = tmp_path_factory.getbasetemp()
    table = governorates(folder, content)
    assert table.raw == content
    assert table.text.encode("utf-8", errors="surrogateescape") == content
