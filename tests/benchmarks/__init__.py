"""Measurements, run by hand: they depend on the machine, so they pass or fail nothing."""
