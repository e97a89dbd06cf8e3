"""What the console costs in a real terminal, beside a bare Textual app and Textual's own table."""
