"""Mutation testing: is a change of a pure module noticed by that module's own tests?

    python -m tests.mutation                                  # all of them, a quarter of an hour
    python -m tests.mutation --module store.domain.keys       # one
    python -m tests.mutation --module store.domain.keys --list

Each mutant that survives is printed. What is left of them after the tests were made sharper is in
`judged.toml`, with a reason each: the score counts those as survivors all the same. The command
fails where one is not judged, and where one that was judged is no more.

Why no library: mutmut changes functions only, none that is decorated (every property here), and
asks all tests that pass by; cosmic-ray starts a Python for every mutant and writes into the tree
that is worked in. Neither drops operands, and a score is worth something only while its operators
stay the same.
"""
