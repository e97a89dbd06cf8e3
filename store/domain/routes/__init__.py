"""Routes of an API of the admin's own: which requests there are, and what each takes. Pure.

A route is a method and a pattern of paths, with the scopes it needs. A request is judged by the
most specific route it falls under; what falls under none is refused.

An authorizer and the API behind it read the same path, and where they read it differently somebody
gets in. So a path is read in one way or not at all (`paths`): whatever one framework decodes, folds
or cuts away and another does not is refused. And a route is found as the most lenient of them would
find it, its letters and its last slash whichever they are, but lets nobody in who has not written
it as it stands (`table`).
"""
