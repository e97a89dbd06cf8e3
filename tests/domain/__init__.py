"""The domain: pure rules, by table and with Hypothesis."""
