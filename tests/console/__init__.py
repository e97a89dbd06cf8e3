"""The console, driven by Textual's pilot."""
