"""Words on the screen: times, scopes in plain words, foreign strings."""
