"""Every piece of text that stands written in the code and could be read by a reader.

Found is whatever has letters and a space, a capital, or letters beyond ASCII. What follows from
its place (an error, a comparison, a class of ours) is no word; any other exception is reviewed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests import wording
from tests.syntax import ROOT, Source, within

# what shows or says something to readers; the command line speaks English
SHOWN = ("geo/ui/", "geo/server/", "geo/snapshot/", "geo/standalone/", "geo/filters/",
         "geo/provenance/", "geo/webmap.py", "pages/", "app.py")  # fmt: skip
# calls whose texts go to the log or name a type
_QUIET = re.compile(r"_log\.\w+|typing\.cast|struct\.Struct|re\.compile")
_CLASSES = re.compile(r"(?:(?:tq|ts)-[\w{}-]+(?: |$))(?:[a-z{][\w{}-]*(?: |$))*")
# of folium's templates: a script in the map's frame, which shows what the layer shows
_MACRO = re.compile(r"\s*\{% macro ")
_GAP = re.compile(r"\{[^{}]*\}")
# what a script says where nobody reads it, by what stands before it
_UNSEEN = re.compile(r"(?:[=!]==? |\bcase |\bthrow |\bnew \w*Error\()$")
# outlines, selectors, media queries
_OUTLINE = re.compile(
    r"use strict|\.(?:ts|tq|st)[\w-]*.*|\[data-.*|\(prefers-.*|M\d[MmLlHhVvCcSsQqTtAaZz\d .,-]*"
)


def texts(paths: tuple[str, ...] = SHOWN) -> list[Source]:
    """The files of Python that speak to readers."""
    return [one for one in wording.sources() if within(one.path, paths)]


def python(source: Source) -> Iterator[tuple[int, str]]:
    """Yield line and text of each literal of a Python file that may be words."""
    silent = {id(one) for node in ast.walk(source.tree) for one in _silent(source, node)}
    for node in ast.walk(source.tree):
        if id(node) not in silent and isinstance(node, ast.JoinedStr | ast.Constant):
            said = node.value if isinstance(node, ast.Constant) else wording.pattern(node)
            yield from ((node.lineno, text) for text in _of(said) if isinstance(said, str))


def _of(said: object) -> list[str]:
    """What of a text may be words: of HTML, what is seen or heard."""
    text = str(said)
    if re.search(r"</?[a-z]\w*[ >]", text):
        return wording.texts_of(text)
    return [text] if wordy(text) and not _MACRO.match(text) else []


def wordy(text: str) -> bool:
    """Tell whether a text has letters and a space, a capital, or letters that are not ASCII."""
    letters = [one for one in _GAP.sub("", text) if one.isalpha()]
    marked = re.search(r"\s", text) or not all(one.isascii() and one.islower() for one in letters)
    return bool(letters and marked) and _CLASSES.fullmatch(text) is None


def _silent(source: Source, node: ast.AST) -> Iterator[ast.AST]:
    """Yield what below a node nobody reads: documentation, errors, types, keys that are read."""
    parts: list[ast.AST] = []
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        parts = [node.value]
    elif isinstance(node, ast.Raise):
        parts = [node]
    elif isinstance(node, ast.JoinedStr):
        yield from (one for one in node.values if isinstance(one, ast.Constant))
        yield from (one.format_spec for one in node.values if _formatted(one))
    elif isinstance(node, ast.Compare):
        parts = [one for one in (node.left, *node.comparators) if _written(one)]
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        parts = [node.slice] if isinstance(node.slice, ast.Constant) else []
    elif isinstance(node, ast.Call) and _QUIET.fullmatch(source.name_of(node.func)):
        parts = list(node.args)
    elif isinstance(node, ast.Assign) and "__all__" in map(ast.unparse, node.targets):
        parts = [node.value]
    parts += [one for name in ("annotation", "returns") if (one := getattr(node, name, None))]
    for part in parts:
        yield from ast.walk(part)


def _formatted(node: ast.AST) -> bool:
    return isinstance(node, ast.FormattedValue) and node.format_spec is not None


def _written(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.Tuple | ast.Set | ast.List)


# ---------------------------------------------------------------- scripts
_SIGN = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[`{}]"
    # a slash after an operator opens a regular expression
    r"|(?<=[=(,:!&|?\[])\s*/(?![*/])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*",
    re.DOTALL,
)


def script(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each string of a script that may be words; gaps are ``{}``."""
    for at, said in sorted(_strings(text, 0, len(text))):
        quiet = _UNSEEN.search(text[max(0, at - 40) : at]) or _OUTLINE.fullmatch(said)
        if wordy(said) and not quiet:
            yield text.count("\n", 0, at) + 1, said


def _strings(text: str, at: int, end: int) -> Iterator[tuple[int, str]]:
    while found := _SIGN.search(text, at, end):
        at = found.end()
        if found.group() == "`":
            said, at, gaps = _template(text, at)
            yield found.start(), said
            for one in gaps:
                yield from _strings(text, *one)
        elif found.group()[0] in "\"'":
            yield found.start(), found.group()[1:-1]


def _template(text: str, at: int) -> tuple[str, int, list[tuple[int, int]]]:
    """Return what a template says, where it ends, and where the expressions in it stand."""
    said, gaps = "", []
    while text[at] != "`":
        if text.startswith("${", at):
            end = _gap(text, at + 2)
            gaps.append((at + 2, end))
            said, at = said + "{}", end + 1
        else:
            said, at = said + text[at], at + 1
    return said, at + 1, gaps


def _gap(text: str, at: int) -> int:
    """Return where the expression of a template ends that begins here."""
    depth = 0
    while found := _SIGN.search(text, at):
        sign, at = found.group(), found.end()
        if sign == "`":
            at = _template(text, at)[1]
        elif sign == "}" and not depth:
            return found.start()
        depth += {"{": 1, "}": -1}.get(sign, 0)
    raise ValueError("a template is not closed")


def scripts() -> dict[str, str]:
    """Our scripts by name, as they are."""
    found = sorted((ROOT / "geo/assets").glob("*.js"))
    return {path.name: path.read_text("utf-8") for path in found}
