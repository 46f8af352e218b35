"""Which words the sources use: keys of the catalogues, and words written where none belong."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

from tests.syntax import ROOT, Source

ANY = "{}"
# a key of which nothing is written out
OPEN = "{}.{}"
Keys = frozenset[str]
# a script's comments, then its strings; templates are kept whole
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\\])//[^\n]*", re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
_TEMPLATE = re.compile(r"`((?:[^`\\]|\\.)*)`")
# what a script shows: the text of an element, a label of it, a word on a canvas
_SHOWN = re.compile(
    r"(?:textContent|innerText|title|placeholder|alt|ariaLabel)\s*[:=]\s*"
    r"|setAttribute\(\s*\"(?:title|alt|aria-label|aria-description)\",\s*"
    r"|(?:fillText|strokeText|append|prepend|createTextNode|alert)\(\s*"
    r"|\bel\(\s*\"\w+\",\s*(?:\"[^\"]*\",\s*)?|\bsay\(\s*\"\w+\",\s*"
)
# classes of our elements, which stand where words may
_OURS = re.compile(r"(?:tq|ts)-")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def sources() -> list[Source]:
    """All of the application in Python."""
    paths = [*ROOT.glob("geo/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]
    return [Source.read(path) for path in sorted(paths)]


def scripts() -> dict[str, str]:
    """Our scripts by name, without their comments."""
    found = sorted((ROOT / "geo/assets").glob("*.js"))
    return {path.name: _COMMENT.sub("", path.read_text("utf-8")) for path in found}


# ---------------------------------------------------------------- keys of the catalogues
def literals(source: Source) -> Keys:
    """Every string that stands in a file."""
    nodes = (node for node in ast.walk(source.tree) if isinstance(node, ast.Constant))
    return frozenset(node.value for node in nodes if isinstance(node.value, str))


def pattern(node: ast.expr) -> str:
    """Return a string expression with ``{}`` for what is not written out."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(pattern, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return pattern(node.left) + pattern(node.right)
    return ANY


def families(source: Source, sections: Collection[str]) -> Iterator[str]:
    """Yield the patterns of keys that are put together: ``status.{}``, or ``{}.{}``."""
    for node in ast.walk(source.tree):
        found = ""
        if isinstance(node, ast.JoinedStr | ast.BinOp):
            found = pattern(node)
        elif isinstance(node, ast.Call) and source.name_of(node.func).endswith(".label"):
            found = ".".join(map(pattern, node.args))
        elif isinstance(node, ast.Call) and source.name_of(node.func) == "say" and node.args:
            found = pattern(node.args[0])
            if found == OPEN:
                yield found
        if ANY in found and _a_key(found) and _begins(found, sections):
            yield found


def _begins(text: str, sections: Collection[str]) -> bool:
    """Tell whether a pattern begins with a section, or with the written half of one's name."""
    first = text.partition(".")[0]
    half = first.partition(ANY)[0]
    halved = half not in {first, ""} and any(one.startswith(half) for one in sections)
    return first in sections or halved


def _a_key(text: str) -> bool:
    return re.fullmatch(r"(?:[a-z0-9_]|\{\})+(?:\.(?:[A-Za-z0-9_-]|\{\})+)+", text) is not None


def members(family: str, names: Collection[str]) -> Keys:
    """The keys of a family for the names that can stand in it; an open one has whole keys."""
    return frozenset(names if family == OPEN else (family.replace(ANY, name) for name in names))


def of_scripts(texts: Mapping[str, str]) -> Keys:
    """The keys that scripts use: each string, and each template filled with strings beside it."""
    found: set[str] = set()
    for text in texts.values():
        said = {one or other for one, other in _STRING.findall(text)}
        said |= {one.replace("-", "_") for one in said}
        found |= said | set(re.findall(r"\bwords\.([a-z_]+)", text))
        for template in _TEMPLATE.findall(text):
            family = re.sub(r"\$\{.*\}", ANY, template)
            if re.fullmatch(r"[a-z_.]+\{\}", family):
                found |= members(family, said) | {family}
    return frozenset(found)


def asked(texts: Mapping[str, str]) -> set[tuple[str, str]]:
    """What scripts ask the catalogue for by a name that is written out: script and key."""
    call = re.compile(r"\bw(?:\.has)?\(\"([a-z_.]+)\"|\bwords\.([a-z_]+)\b(?!\()")
    return {
        (name, one or other)
        for name, text in texts.items()
        for one, other in call.findall(text)
        if one or name.startswith("standalone")
    }


# ---------------------------------------------------------------- words written in the code
# arguments of Streamlit's calls that no reader sees
HIDDEN = frozenset(
    {"key", "format", "label_visibility", "layout", "initial_sidebar_state", "position", "width",
     "height", "gap", "icon", "page_icon", "selection_mode", "vertical_alignment", "url_path",
     "horizontal_alignment", "type", "theme", "on_select", "language", "border", "anchor", "scope",
     "page"}
)  # fmt: skip
# an element of Streamlit's; settings and state are something else
_ELEMENT = re.compile(r"streamlit\.(?:(?:sidebar|column_config)\.)?[A-Za-z_]+")
# calls on a column or a figure by whose last name words get onto a page or a picture
SHOWING = frozenset(
    {"text", "annotate", "set_title", "suptitle", "set_xlabel", "set_ylabel", "info", "caption",
     "success", "markdown", "metric", "button", "toggle", "radio", "selectbox", "expander"}
)  # fmt: skip
# a name, which is the same in every language
NAMES = frozenset({"Tansiq"})


class _Texts(HTMLParser):
    """Gathers what of a piece of HTML is seen or heard."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"style", "script"}
        heard = {"title", "alt", "placeholder", "aria-label", "aria-description", "label"}
        self.found += [value or "" for name, value in attrs if name in heard]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def texts_of(html: str) -> list[str]:
    """What of HTML a reader sees or hears; placeholders are left out."""
    parser = _Texts()
    parser.feed(re.sub(r"\{[^{}]*\}|\$\w+|&\w+;", " ", html))
    parser.close()
    return [text.strip() for text in parser.found if _wordy(text)]


def _wordy(text: str) -> bool:
    return _LETTERS.search(text) is not None and text.strip() not in NAMES


def written(source: Source) -> Iterator[str]:
    """Yield what a Python file writes out for readers instead of asking a catalogue."""
    for call, name in source.calls():
        for text in _of_call(source, call, name):
            yield f"{source.path}:{call.lineno} says {text!r}"


def _of_call(source: Source, call: ast.Call, name: str) -> Iterator[str]:
    last = name.rpartition(".")[2]
    if name == "markupsafe.Markup":
        for part in call.args:
            yield from texts_of(pattern(part))
    elif name.startswith("altair."):
        yield from _titles(call)
    elif (
        _ELEMENT.fullmatch(name)
        or ("." in name and last in SHOWING)
        or _fills_markup(source, call.func)
    ):
        yield from _arguments(call)


def _fills_markup(source: Source, called: ast.expr) -> bool:
    """Tell whether this is the `format` of a `Markup` that is written out."""
    if not isinstance(called, ast.Attribute) or called.attr != "format":
        return False
    filled = getattr(called.value, "func", called.value)
    return source.name_of(filled) == "markupsafe.Markup"


def _titles(call: ast.Call) -> Iterator[str]:
    for word in call.keywords:
        if word.arg in {"title", "text"} and isinstance(word.value, ast.Constant | ast.JoinedStr):
            yield from filter(_wordy, [pattern(word.value).replace("None", "")])


def _arguments(call: ast.Call) -> Iterator[str]:
    seen = [*call.args, *(word.value for word in call.keywords if word.arg not in HIDDEN)]
    for part in seen:
        if isinstance(part, ast.JoinedStr) or (
            isinstance(part, ast.Constant) and isinstance(part.value, str)
        ):
            text = pattern(part)
            yield from texts_of(text) if "<" in text else filter(_wordy, [text])


def written_in_script(name: str, text: str) -> Iterator[str]:
    """Yield what a script of ours shows that no catalogue says."""
    for found in _SHOWN.finditer(text):
        rest = text[found.end() :]
        said = _STRING.match(rest) or _TEMPLATE.match(rest)
        words = re.sub(r"\$\{[^}]*\}", " ", next(filter(None, said.groups()), "")) if said else ""
        if _wordy(words) and not _OURS.match(words):
            line = text[: found.start()].count("\n") + 1
            yield f"{name}:{line} says {words!r}"


def written_in_page(path: Path) -> list[str]:
    """What a template of ours says by itself."""
    return [f"{path.name} says {text!r}" for text in texts_of(path.read_text("utf-8"))]
