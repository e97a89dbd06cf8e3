"""The use cases. Each is one transaction: state, audit entry and revision together, or nothing."""
