"""Kith's own lints: the rules of the house that no general tool knows. `python -m tools.lints` runs them."""
