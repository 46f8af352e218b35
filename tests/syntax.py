"""What a source file says, read from its syntax tree: imports, lengths, calls that need a look."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
Faults = Iterator[str]
Rule = Callable[["Source"], Faults]
# whatever they are called on: they take HTML, Markdown, or a template that folium runs
SINKS = frozenset(
    {"html", "markdown", "caption", "title", "header", "subheader", "latex", "components_html",
     "info", "success", "warning", "error", "toast", "badge", "iframe", "add_to", "add_child"}
)  # fmt: skip
# these words have other uses, so that they count on Streamlit alone
STREAMLIT_SINKS = frozenset({"write", "write_stream"})
MAP_PACKAGES = ("folium.", "branca.", "streamlit_folium.")
NO_SINKS = ("geo.", "logging.", "_log.", "self.", "parser.")
UNSAFE = ("unsafe_allow_html", "unsafe_allow_javascript")
BROAD = frozenset({"", "Exception", "BaseException"})
RUNNERS = frozenset(
    {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "subprocess.getoutput",
     "subprocess.getstatusoutput"}
)  # fmt: skip
BY_NAME = "importlib.import_module"
FROZEN = ("pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")


@dataclass(frozen=True)
class Source:
    """One file: its path from the root of the tree, and its text."""

    path: str
    text: str

    @classmethod
    def read(cls, path: Path) -> Source:
        """Read a file of the tree."""
        return cls(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """The names that imports bind, anywhere in the file, and what they stand for."""
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {a.asname or a.name.split(".")[0]: _bound(a) for a in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        return found

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield line and dotted name of everything imported, lazily or not."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = "." * node.level + (node.module or "")
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        for call, name in self.calls():
            if name == BY_NAME:
                texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
                yield from ((call.lineno, str(text)) for text in texts)

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Yield each call with the dotted name of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, self.name_of(node.func)

    def name_of(self, node: ast.expr) -> str:
        """Return a dotted name with imports resolved; "?" stands for anything unnamed."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.name_of(node.value)}.{node.attr}"
        return "?"


def _bound(alias: ast.alias) -> str:
    return alias.name if alias.asname else alias.name.split(".")[0]


def within(path: str, places: tuple[str, ...]) -> bool:
    """Tell whether a path is one of the places; a place that ends in "/" is a folder."""
    return any(
        path == place or (place.endswith("/") and path.startswith(place)) for place in places
    )


def only(places_of: Mapping[str, tuple[str, ...]]) -> Rule:
    """Return the rule that a package is imported in its places only."""

    def rule(source: Source) -> Faults:
        for line, name in source.imports():
            for package, places in places_of.items():
                inside = name == package or name.startswith(f"{package}.")
                if inside and not within(source.path, places):
                    yield f"{source.path}:{line} imports {name}"

    return rule


def room_of(name: str) -> str:
    """Return the module or package of geo/ that a path or a dotted name lies in, or ""."""
    parts = name.removesuffix(".py").replace("/", ".").split(".")
    return parts[1] if parts[0] == "geo" and len(parts) > 1 else ""


def downward(order: tuple[str, ...]) -> Rule:
    """Return the rule that a room imports only rooms that stand before it in the order."""
    height = {room: at for at, room in enumerate(order)}

    def rule(source: Source) -> Faults:
        own = room_of(source.path)
        if not own:
            return
        for line, name in source.imports():
            other = room_of(name)
            if name.startswith("."):
                yield f"{source.path}:{line} imports by dots"
            elif other in height and other != own and height[other] > height.get(own, -1):
                yield f"{source.path}:{line} imports {name}, which stands above it"

    return rule


def short(lines: int, function: int) -> Rule:
    """Return the rule that a file and each of its functions have at most so many lines."""

    def rule(source: Source) -> Faults:
        if (found := len(source.text.splitlines())) > lines:
            yield f"{source.path} has {found} lines, at most {lines}"
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found = (node.end_lineno or 0) - node.lineno + 1
                if found > function:
                    yield f"{source.path}:{node.lineno} {node.name} has {found} lines"

    return rule


def narrow_excepts(source: Source) -> Faults:
    """No `except` takes everything, unless it passes everything on."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = {source.name_of(kind) if kind else "" for kind in kinds}
        last = node.body[-1]
        passes_on = isinstance(last, ast.Raise) and last.exc is None
        if names & BROAD and not passes_on:
            yield f"{source.path}:{node.lineno} catches everything"


def nothing_runs(by_name: tuple[str, ...] = ()) -> Rule:
    """Return the rule that nothing executes text, a shell, or frozen objects.

    In the places ``by_name`` a module may be imported by a name that is not written there.
    """

    def rule(source: Source) -> Faults:
        for line, name in source.imports():
            if name.split(".")[0] in FROZEN:
                yield f"{source.path}:{line} imports {name}"
        for call, name in source.calls():
            unwritten = name == BY_NAME and not all(map(literal, call.args))
            early = unwritten and source.path not in by_name
            if name in RUNNERS or name.endswith(".read_pickle") or early or _allows(call):
                yield f"{source.path}:{call.lineno} calls {name}"

    return rule


def _allows(call: ast.Call) -> bool:
    """Tell whether a call asks for a shell, or for frozen objects."""
    asked = [k.value for k in call.keywords if k.arg in {"shell", "allow_pickle"}]
    return not all(_is(value, value=False) for value in asked)


def _is(node: ast.expr, *, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def literal(node: ast.expr) -> bool:
    """Tell whether an expression is written out: constants, and collections of them."""
    return all(
        isinstance(one, ast.Constant | ast.Tuple | ast.List | ast.Dict | ast.USub | ast.UnaryOp
                   | ast.Load)
        for one in ast.walk(node)
    )  # fmt: skip


def is_sink(call: ast.Call, name: str) -> bool:
    """Tell whether a call takes what a browser or a template would run."""
    if name == "markupsafe.Markup" or name.startswith(MAP_PACKAGES):
        return True
    if any(k.arg in UNSAFE and not _is(k.value, value=False) for k in call.keywords):
        return True
    last = name.rsplit(".", 1)[-1]
    if name.startswith("streamlit.") and last in STREAMLIT_SINKS:
        return True
    return last in SINKS and "." in name and not name.startswith(NO_SINKS)


def handed_over(source: Source) -> Iterator[tuple[int, str, str]]:
    """Yield line, sink and expression of what is handed to a sink and is not written out."""
    for call, name in source.calls():
        if is_sink(call, name):
            for part in (*call.args, *(k.value for k in call.keywords)):
                if not literal(part):
                    yield call.lineno, name, ast.unparse(part)


def reviewed(expressions: Mapping[str, tuple[str, ...]]) -> Rule:
    """Return the rule that sinks get literals, or the expressions reviewed for that file."""

    def rule(source: Source) -> Faults:
        for line, name, expression in handed_over(source):
            if expression not in expressions.get(source.path, ()):
                yield f"{source.path}:{line} hands {expression} to {name}"

    return rule
