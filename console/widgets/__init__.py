"""Parts that screens, tabs and dialogs share."""
