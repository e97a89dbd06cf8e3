"""Real assistants, as their registries have them, in front of a served house."""
