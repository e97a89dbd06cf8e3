"""`python -m tests.benchmarks.verify`: what one verification costs, and who does it how fast."""
