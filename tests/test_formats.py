"""Foreign files as rows of texts: every byte ends somewhere, and nothing is run."""

from __future__ import annotations

import json
import socket
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import LineString, Point

from geo import formats
from geo.formats import Limits, RefusedFileError
from geo.formats.rows import UPLOAD
from tests import foreign

TEXT = "id,name,note\r\n1,كركوك,NA\r\n2,None,00123\r\n"
ROWS = [["1", "كركوك", "NA"], ["2", "None", "00123"]]
SHEET = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{}</sheetData></worksheet>"""
# characters that open and close what a reader could run
BILLION = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;">]>'


def read(path: Path, limits: Limits | None = None):
    """Return header, rows, lines and findings of a file."""
    opened = formats.opened(path, limits)
    rows, lines, broken = [], [], []
    try:
        for chunk in opened.chunks():
            rows += chunk.rows
            lines += chunk.lines
            broken += chunk.broken
    finally:
        opened.close()
    return opened, rows, lines, broken


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1256"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
        b"sep=;\r\n" + TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace(",", "|").encode() + b"\r\n \r\n\r\n",
    ],
)
def test_encodings_and_delimiters_give_the_same_rows(tmp_path: Path, content: bytes) -> None:
    """Of one table, whatever the encoding, the line ends and the delimiter; cells byte for byte."""
    opened, rows, _, broken = read(foreign.written(tmp_path, content))
    assert (opened.header, rows, broken) == (("id", "name", "note"), ROWS, [])


def test_mixed_encodings_are_counted(tmp_path: Path) -> None:
    """A line that is no UTF-8 is Windows Arabic; its neighbours are not touched."""
    content = "a,b\nسلام,1\n".encode() + "سلام,2\n".encode("cp1256") + "سلام,3\n".encode()
    opened, rows, _, _ = read(foreign.written(tmp_path, content))
    assert rows == [["سلام", "1"], ["سلام", "2"], ["سلام", "3"]]
    assert opened.notes["lines_cp1256"] == 1


def test_records_that_are_no_rows(tmp_path: Path) -> None:
    """Ragged rows and open quotes cost themselves alone; lines are the file's own."""
    text = 'a,b\n1,"x\ny"\n2\n3,x,y\n4,"open\n5,z\n6,"a" b\n7,"z"\n'
    _, rows, lines, broken = read(foreign.written(tmp_path, text))
    assert rows == [["1", "x\ny"], ["5", "z"], ["7", "z"]]
    assert lines == [2, 7, 9]
    assert [(f.line, f.reason) for f in broken] == [
        (4, "ragged"), (5, "ragged"), (6, "unreadable"), (8, "unreadable")]  # fmt: skip


def test_an_endless_quote_costs_one_row(tmp_path: Path) -> None:
    """A quote that nobody closes does not swallow the rest of the file."""
    text = "a,b\n" + '1,"open\n' + "".join(f"{i},x\n" for i in range(2, 5_000))
    _, rows, _, broken = read(foreign.written(tmp_path, text))
    assert len(rows) == 4_998
    assert [f.line for f in broken] == [2]


def test_names_of_columns_are_made_unlike(tmp_path: Path) -> None:
    """A repeated or empty name is told apart, so that every column is kept."""
    opened, *_ = read(foreign.written(tmp_path, "a,,a,a_2\n1,2,3,4\n"))
    assert opened.header == ("a", "column_2", "a_2", "a_2_2")


def test_large_cells_are_whole(tmp_path: Path) -> None:
    """A cell of a hundred thousand signs comes as it is."""
    _, rows, _, _ = read(foreign.written(tmp_path, f"a,b\n1,{'x' * 100_000}\n"))
    assert len(rows[0][1]) == 100_000


@pytest.mark.parametrize("content", [b"", b"\n\n", b'"', b"PK\x03\x04rest", b"PAR1", b"PAR1PAR1",
                                     b"SQLite format 3\x00", b'{"type":', b'{"a": 1}'])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    """With a sentence, whatever format it pretends to have."""
    with pytest.raises(RefusedFileError, match=r"^[A-Z].*\.$"):
        read(foreign.written(tmp_path, content, "x.geojson"))


# --- archives ---------------------------------------------------------------------------------


def zipped(folder: Path, **members: bytes) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def test_zipped_tables(tmp_path: Path) -> None:
    """The one table of an archive is read; a readme beside it does no harm."""
    _, rows, _, _ = read(zipped(tmp_path, a__csv=TEXT.encode(), readme__md=b"#"))
    assert rows == ROWS


@pytest.mark.parametrize(
    ("members", "told"),
    [({"a__csv": b"x", "b__csv": b"y"}, "a.csv, b.csv"), ({"a__pdf": b"x"}, "none"),
     ({"a__csv": b"0" * 20_000_000}, "100 times")],
)  # fmt: skip
def test_archives_that_are_refused(tmp_path: Path, members: dict[str, bytes], told: str) -> None:
    """Several tables, none, or a bomb: refused by what the archive says of itself, at once."""
    path = zipped(tmp_path, **members)
    with pytest.raises(RefusedFileError, match=told):
        read(path)


def test_uploads_have_limits(tmp_path: Path) -> None:
    """Size, size unpacked and number of rows of an upload are limited."""
    small = Limits(size=10, unpacked=20, rows=1)
    with pytest.raises(RefusedFileError, match="bytes; 10 are allowed"):
        read(foreign.written(tmp_path, TEXT), small)
    with pytest.raises(RefusedFileError, match="more than 1 rows"):
        read(foreign.written(tmp_path, TEXT), Limits(rows=1))
    with pytest.raises(RefusedFileError, match="20 are allowed"):
        read(zipped(tmp_path, a__csv=TEXT.encode()), Limits(unpacked=20))
    assert (UPLOAD.size, UPLOAD.rows, UPLOAD.unpacked) == (50_000_000, 200_000, 200_000_000)


# --- what is read apart -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def frame() -> gpd.GeoDataFrame:
    table = pd.DataFrame({"id": ["00123", "NA"], "n": [1, 2], "x": [1.5, None]})
    return gpd.GeoDataFrame(table, geometry=[Point(44.25, 35.5), None], crs=4326)


def workbook(path: Path, rows: str, **parts: str) -> Path:
    """Write the least workbook that can be."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", rows if "<!" in rows else SHEET.format(rows))
        for name, text in parts.items():
            archive.writestr(f"xl/{name}.xml", text)
    return path


def test_geojson(tmp_path: Path) -> None:
    """Numbers stay as written, lists of words are joined, points stand beside the properties."""
    features = [
        (
            '{"type":"Feature","properties":{"a":"00123","b":1.50,"c":["x","y"]},'
            '"geometry":{"type":"Point","coordinates":[44.250,35.5]}}'
        ),
        '{"type":"Feature","properties":{"a":null,"d":"\\ud800"},"geometry":null}',
        '{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[]}}',
        "3",
    ]
    text = f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'
    opened, rows, lines, broken = read(foreign.written(tmp_path, text, "a.geojson"))
    assert opened.header == ("a", "b", "c", "d", "geometry_lon", "geometry_lat")
    assert rows == [["00123", "1.50", "x;y", "", "44.250", "35.5"],
                    ["", "", "", "⟨U+D800⟩", "", ""]]  # fmt: skip
    assert lines == [1, 2]
    assert [(f.line, f.reason) for f in broken] == [(3, "not_a_point"), (4, "no_feature")]


def test_geopackage_and_geoparquet(tmp_path: Path, frame) -> None:
    """The attributes as texts, and the point of each row; none where there is none."""
    frame.to_file(tmp_path / "a.gpkg", driver="GPKG")
    frame.to_parquet(tmp_path / "a.parquet")
    expected = [["00123", "1", "1.5", "44.25", "35.5"], ["NA", "2", "", "", ""]]
    _, rows, _, _ = read(tmp_path / "a.parquet")
    assert rows == expected
    opened, rows, _, _ = read(tmp_path / "a.gpkg")
    assert opened.header[0] == "fid"
    assert [row[1:] for row in rows] == expected


def test_other_shapes_and_systems(tmp_path: Path, frame) -> None:
    """A line is not reduced to a point; points of another reference system are refused."""
    line = LineString([(44, 35), (45, 36)])
    frame.set_geometry([line, line]).to_parquet(tmp_path / "line.parquet")
    _, rows, _, broken = read(tmp_path / "line.parquet")
    assert (rows, [f.reason for f in broken]) == ([], ["not_a_point"] * 2)
    frame.to_crs(3857).to_file(tmp_path / "a.gpkg", driver="GPKG")
    frame.to_crs(3857).to_parquet(tmp_path / "b.parquet")
    for name in ("a.gpkg", "b.parquet"):
        with pytest.raises(RefusedFileError, match=r"EPSG:3857|WGS 84"):
            read(tmp_path / name)


def test_workbooks(tmp_path: Path) -> None:
    """Shared and inline texts, dates by style, values of formulas, gaps, short rows."""
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>day</t></is></c>'
        '<c r="C1" t="str"><v>n</v></c></row>'
        '<row r="3"><c r="B3" s="1"><v>42878</v></c><c r="C3"><f>1+1</f><v>2</v></c></row>'
        '<row r="4"><c r="A4"><v>00123</v></c><c r="B4" s="1"><v>42878.5</v></c></row>'
        '<row r="5"><c r="A5" t="b"><v>1</v></c><c r="D5"><v>9</v></c></row>'
    )
    path = workbook(
        tmp_path / "a.xlsx", rows,
        sharedStrings="<sst><si><r><t>i</t></r><r><t>d</t></r><rPh><t>no</t></rPh></si></sst>",
        styles='<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    )  # fmt: skip
    opened, found, lines, broken = read(path)
    assert opened.header == ("id", "day", "n")
    assert found == [["", "2017-05-23", "2"], ["00123", "2017-05-23 12:00:00", ""]]
    assert (lines, [(f.line, f.reason) for f in broken]) == ([3, 4], [(5, "ragged")])


def test_a_workbook_of_another_program(tmp_path: Path, frame) -> None:
    """What GDAL writes as XLSX comes back."""
    table = pd.DataFrame(frame[["id", "n"]])
    pyogrio.write_dataframe(table, tmp_path / "a.xlsx", driver="XLSX")
    _, rows, _, _ = read(tmp_path / "a.xlsx")
    assert rows == [["00123", "1"], ["NA", "2"]]


@pytest.mark.parametrize("rows", [BILLION + "<a>&c;</a>", "<row", "<!ELEMENT",
                                  '<row><c t="s"><v>7</v></c></row>'])
def test_hostile_workbooks_are_refused(tmp_path: Path, rows: str) -> None:
    """Entities, torn XML and texts that are not there are told in a sentence."""
    with pytest.raises(RefusedFileError):
        read(workbook(tmp_path / "a.xlsx", rows))


@pytest.mark.parametrize("name", ["a.geojson", "a.csv", "a.gpkg", "a.json", "a.parquet"])
def test_disguised_files_leak_nothing(tmp_path: Path, name: str) -> None:
    """A virtual file that names others is text: nothing is opened, nobody is asked."""
    secret = tmp_path / "secret.csv"
    secret.write_text("id,name\n1,LEAKED\n")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x.csv"
        for source in (str(secret), f"/vsicurl/{url}"):
            vrt = (f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{source}'
                   "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>")
            try:
                _, rows, *_ = read(foreign.written(tmp_path, vrt, name))
            except RefusedFileError:
                rows = []
            assert "LEAKED" not in json.dumps(rows)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_geopackage_runs_nothing(tmp_path: Path, frame) -> None:
    """A layer that is a view, and would be computed, is not read."""
    path = tmp_path / "a.gpkg"
    frame.to_file(path, driver="GPKG", layer="good")
    with sqlite3.connect(path) as opened:
        opened.execute("ALTER TABLE good RENAME TO hidden")
        opened.execute("CREATE VIEW good AS WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL "
                       "SELECT x+1 FROM t) SELECT x AS fid, NULL AS geom FROM t")  # fmt: skip
    with pytest.raises(RefusedFileError, match="none"):
        read(path, Limits(seconds=10))


def collection(features: str) -> str:
    return f'{{"type":"FeatureCollection","features":[{features}]}}'


def test_a_stack_too_deep_is_refused(tmp_path: Path) -> None:
    """Brackets without end cost one message."""
    with pytest.raises(RefusedFileError):
        read(foreign.written(tmp_path, collection("[" * 100_000), "a.geojson"))


@pytest.mark.slow
@pytest.mark.parametrize("limits", [Limits(memory=600 << 20), Limits(seconds=1)])
def test_the_child_is_held_to_its_limits(tmp_path: Path, limits: Limits) -> None:
    """A file that takes too much memory or time costs one message."""
    heavy = collection(",".join(["[1,2,3,4,5,6,7,8,9]"] * 2_000_000))
    with pytest.raises(RefusedFileError):
        read(foreign.written(tmp_path, heavy, "a.geojson"), limits)
