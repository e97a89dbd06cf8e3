"""Questions and answers over the workspace: each a ModalScreen with a typed result."""
