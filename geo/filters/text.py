"""The search for a text in SQL, sign for sign, on every engine."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class HasText(FunctionElement[bool]):
    """``HasText(column, term)``: the term occurs in the column, sign for sign.

    Not LIKE, whose wildcards would need escapes that some engines do not compile.
    """

    name = "has_text"
    type = Boolean()
    inherit_cache = True


@compiles(HasText)
def _position(element: HasText, compiler: SQLCompiler, **options: Any) -> str:
    column, term = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(POSITION({term} IN {column}) > 0)"


@compiles(HasText, "duckdb")
def _contains(element: HasText, compiler: SQLCompiler, **options: Any) -> str:
    return f"contains({compiler.process(element.clauses, **options)})"


@compiles(HasText, "postgresql")
def _strpos(element: HasText, compiler: SQLCompiler, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"


@compiles(HasText, "sqlite")
def _instr(element: HasText, compiler: SQLCompiler, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"
