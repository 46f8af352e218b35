"""Taken away whole: a data package that validates, PROV that others read, citations."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prov.model import ProvDocument

from geo import cli, export, provenance, tables
from geo.address import View
from geo.export import citation
from geo.filters import EventFilter
from geo.i18n import LANGS
from geo.snapshot import scene
from tests.known import how_known

PACKAGE = tables.load()
SOME = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(suppress_health_check=list(HealthCheck))
ASKED = [
    EventFilter(),
    EventFilter(provinces=("IQ-KI",), date_from=date(2021, 5, 1), date_to=date(2021, 5, 31)),
    EventFilter(asof=date(2021, 5, 23)),
    EventFilter(q="nothing has this name"),
    EventFilter(only=("contradicted",), viewpoint="ocha"),
]


def unzipped(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


@st.composite
def asked_for(draw):
    first, last = sorted(draw(st.tuples(*[st.dates(date(2014, 1, 1), date(2025, 12, 31))] * 2)))
    provinces = draw(st.lists(st.sampled_from(["IQ-KI", "IQ-AR", "IQ-DI"]), max_size=1))
    return EventFilter(first, last, tuple(provinces), **draw(how_known()))


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.digest())
def test_the_package_validates_and_holds_exactly_the_events(store, asked, tmp_path):
    """By our own check, with the events of the filter and no other."""
    folder = unzipped(export.to_bytes(PACKAGE, store, asked, "package").content, tmp_path)
    assert tables.validate(folder) == []
    again = tables.load(folder)
    assert set(again.frames["events"]["event_id"]) == set(store.events(asked)["event_id"])
    about = again.descriptor.raw["tansiq:extract"]
    assert about["events"] == str(store.count(asked))
    assert about["data_version"] == PACKAGE.version


@SOME
@given(asked_for())
def test_any_view_gives_a_package_without_fault(store, tmp_path_factory, asked):
    """Whatever is asked for, as known on whatever day."""
    folder = tmp_path_factory.mktemp("package")
    unzipped(export.to_bytes(PACKAGE, store, asked, "package").content, folder)
    assert tables.validate(folder) == []


def test_frictionless_accepts_it_too(store, tmp_path):
    """The public command, on the package of a filter."""
    folder = unzipped(export.to_bytes(PACKAGE, store, ASKED[1], "package").content, tmp_path)
    command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_line_validates_the_archive(store, tmp_path, capsys):
    """`tansiq validate FILE.zip`, sound and spoilt."""
    archive = tmp_path / "view.zip"
    archive.write_bytes(export.to_bytes(PACKAGE, store, ASKED[1], "package").content)
    assert cli.main(["validate", str(archive)]) == 0
    assert "no fault" in capsys.readouterr().out
    folder = unzipped(archive.read_bytes(), tmp_path / "open")
    with zipfile.ZipFile(archive, "w") as spoilt:
        for path in folder.iterdir():
            text = path.read_bytes()
            changed = text.replace(b"2021-05-23", b"2021-02-30") if path.suffix == ".csv" else text
            spoilt.writestr(path.name, changed)
    assert cli.main(["validate", str(archive)]) == 1
    assert "view.zip" in capsys.readouterr().out
    # a package under any other name, as `export --format package` may have written it
    other = archive.rename(tmp_path / "view.dat")
    assert cli.main(["validate", str(other)]) == 1
    assert "view.dat" in capsys.readouterr().out
    archive.write_bytes(b"PK no archive")
    assert cli.main(["validate", str(archive)]) == 2


def test_an_archive_reaches_no_other_folder(tmp_path):
    """A name with a path in it is not unpacked."""
    archive = tmp_path / "bad.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("../outside.csv", "x")
        made.writestr("inside.csv", "x")
    folder = tmp_path / "folder"
    folder.mkdir()
    tables.unpacked(archive, folder)
    assert [path.name for path in folder.iterdir()] == ["inside.csv"]
    assert not (tmp_path / "outside.csv").exists()


def test_equal_views_give_equal_bytes(store):
    for fmt in ("package", "prov"):
        one, other = (export.to_bytes(PACKAGE, store, ASKED[1], fmt) for _ in range(2))
        assert one == other


@pytest.mark.parametrize("chosen", [{"event": "EVT-057"}, {"centre": "CEN-KRK"}, {}])
@pytest.mark.parametrize("lang", LANGS)
def test_others_read_the_provenance(store, chosen, lang):
    """The PyPI package prov reads it and knows who said what of the event or centre."""
    view = View(lang=lang, filter=ASKED[1], **chosen)
    content = export.to_bytes(PACKAGE, store, view, "prov").content
    document = ProvDocument.deserialize(content=content.decode(), format="json")
    names = {str(record.identifier) for record in document.records if record.identifier}
    for key in chosen.values():
        claims = provenance.claims_for(PACKAGE, key)
        assert {f"tansiq:{one}" for one in claims["claim_id"]} <= names
        assert {f"tansiq:{one}" for one in claims["source_id"]} <= names
    assert len(names) > 10
    assert document == ProvDocument.deserialize(content=document.serialize(), format="json")


@MANY
@given(asked_for())
def test_the_file_says_how_many_it_could_be(store, asked):
    """At least, shown and at most; contradicted and uncertain; the picture holds the same ids."""
    taken = export.extract.take(PACKAGE, store, asked)
    least, most = int(taken.about["events_least"]), int(taken.about["events_most"])
    assert least <= len(taken.events) <= most
    assert (least, len(taken.events), most) == store.count_range(asked)
    made = scene.scene(PACKAGE, store, View(filter=asked), (41, 33, 46, 38))
    assert list(made.events["event_id"]) == list(taken.events["event_id"])
    assert str(made.n_contradicted) == taken.about["events_contradicted"]
    assert str(made.n_uncertain) == taken.about["events_uncertain"]


# citations

VIEWS = [
    View(event="EVT-057"), View(centre="CEN-KRK"), View(filter=ASKED[1]), View(filter=ASKED[2]),
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.to_text())
@pytest.mark.parametrize("lang", LANGS)
def test_a_citation_names_version_and_address(view, lang):
    """In words, as BibTeX and as CSL-JSON; what is cited is named by its title."""
    one = citation.cited(PACKAGE, view.replace(lang=lang), "https://example.org/")
    address = f"https://example.org/?{view.replace(lang=lang).to_text()}"
    for write in (citation.text, citation.bibtex, citation.csl):
        said = write(one)
        assert PACKAGE.version in said
        assert address in said
    told = json.loads(citation.csl(one))[0]
    assert (told["type"], told["title"], told["URL"]) == ("dataset", one.title, address)
    assert told["issued"]["date-parts"][0][0] == 2026


def test_what_is_cited_rests_on_its_publications():
    one = citation.cited(PACKAGE, View(event="EVT-057"))
    assert one.publications == 3
    assert "3 sources" in citation.text(one)


def test_bibtex_keeps_its_braces_and_signs():
    """A title with signs of TeX does not break the entry."""
    one = citation.cited(PACKAGE, View(filter=EventFilter(q="100% {a} & b_c")))
    entry = citation.bibtex(one)
    assert entry.count("{") == entry.count("}")
    assert r"\%" in entry
    assert r"\&" in entry


def test_an_unknown_id_is_said(capsys):
    assert cli.main(["cite", "--event", "EVT-999"]) == 2
    assert "EVT-999" in capsys.readouterr().err
    assert cli.main(["cite", "--event", "EVT-057", "--format", "bibtex"]) == 0
    assert capsys.readouterr().out.startswith("@misc{tansiq-evt-057")


@pytest.mark.parametrize("fmt", citation.FORMATS)
@pytest.mark.parametrize(
    ("options", "address"),
    [
        ([], ""),
        (["--base", "https://example.org/t/"], "https://example.org/t/?event=EVT-057"),
        (["--base", "https://example.org"], "https://example.org/?event=EVT-057"),
        (["--address", "https://example.org/t/?lang=en#x"], "https://example.org/t/?event=EVT-057"),
    ],
)
def test_the_command_line_links_only_where_it_knows_to(capsys, fmt, options, address):
    """With a base there is a whole address; without one there are words and no broken link."""
    assert cli.main(["cite", "--event", "EVT-057", "--format", fmt, *options]) == 0
    said = capsys.readouterr().out
    assert ("EVT-057" in said, PACKAGE.version in said) == (True, True)
    assert address in said
    named = bool(address)
    assert ("event=" in said, "URL" in said.upper()) == (named, named and fmt != "text")


@pytest.mark.parametrize("base", ["example.org", "?event=EVT-057", "javascript:alert(1)"])
def test_a_base_that_is_no_address_is_refused(capsys, base):
    assert cli.main(["cite", "--event", "EVT-057", "--base", base]) == 2
    assert "--base: expected an address" in capsys.readouterr().err
