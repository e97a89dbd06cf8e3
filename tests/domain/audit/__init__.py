"""Tests of the audit's domain."""
