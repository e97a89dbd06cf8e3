"""`python -m tests.benchmarks.cluster`: several verifiers on one store, and what a change costs."""
