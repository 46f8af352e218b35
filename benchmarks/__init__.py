"""Measurements side by side with the ways people use today; `make bench` runs them."""
