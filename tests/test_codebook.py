"""The codebook is what the descriptor says."""

from docs import codebook
from geo import tables
from geo.tables import schema


def test_the_codebook_is_up_to_date():
    """`make codebook` would change nothing."""
    assert codebook.HERE.read_text(encoding="utf-8") == codebook.text()


def test_every_column_and_rule_is_in_it():
    text = codebook.text()
    for resource in schema.read_descriptor(tables.default_folder()).resources.values():
        assert f"## {resource.name}" in text
        for name, column in resource.columns.items():
            assert f"| `{name}` |" in text
            assert column.description.replace("|", "\\|") in text
        for rule in resource.rules:
            assert f"`{rule['rule']}`: " in text
