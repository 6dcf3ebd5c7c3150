"""Faults that a hurried person could make, each of which some test must find."""
