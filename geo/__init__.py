"""Tansiq: the library behind the dashboard (data flows one way; see docs/architecture.md)."""

__version__ = "0.1.0"
