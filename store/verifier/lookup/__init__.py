"""The hot read: keys and access tokens by primary key, on a connection held open."""
