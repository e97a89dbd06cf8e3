"""The wal-index's header: how a verifier on SQLite may answer from memory, and never be behind.

SQLite in WAL mode publishes every commit in a header of 48 bytes that stands twice at the beginning
of the `-shm` file, which all processes map ("WAL-Index Format" in SQLite's documentation). The
claim: a request that begins after a commit has returned, whoever committed, is never answered by
what was before. Each rule is needed, or it is said that it is not; `tests.wal_index` leaves each
out.

The verifier (`store.verifier.lookup.unmoved`):
 1. At each answer it compares the header as it is with the one under which it last knew what it
    remembers to be current. Where they differ it reads before it answers.
 2. It takes the header before it reads, never after.
 3. A header counts only where both its copies are equal and say that they are initialised.
 4. All of a header is compared, not the change counter in it alone.
 5. After the header moved it reads the schema's version and the count of changed rows, and of each
    change that was counted since it last did so what that is about. Whatever those are about goes,
    and what was being read is not kept; where it cannot tell of each, all goes: the schema is
    another, the count fell, a note is missing, or there would be too many.
The store (`store.persistence.migrations.changes`):
 6. Each change that a verdict depends on is counted in its own transaction, by a trigger, whoever
    makes it, and noted down under its number: which key or connection it is about, or all there
    are. Whoever takes a trigger away changes the schema's version, and while one is missing nothing
    stays over any commit. VACUUM changes that version too, and so does a backup that is written
    over the store through SQLite. The last notes are kept, as many as anybody looks at.
The connection (`store.verifier.lookup.sqlite`):
 7. The header is looked at only while the connection is open that what is remembered was read
    with. Another connection begins with nothing remembered.
 8. It is the header of the file that this connection has open. Once a second it is looked whether
    the store and its wal-index still are the files at their paths.
The mapping (`store.verifier.wal_index.mapping`):
 9. What is opened for it is never closed.
10. There is one only where it was tried: `conditions`.
What is unknown (`store.verifier.memory`):
11. It goes with any commit, for no rule tells of a key that comes: (5) is for what was found.

Why equal headers mean equal content. A header holds a change counter, the number of the last frame
in the WAL that was committed, a checksum over all frames up to it, and the two salts of the WAL.
While the salts are the same the WAL only grows: a commit appends frames, so the last one has
another number. What is written over are frames that were never published. When the WAL is begun
anew, as it may be after any checkpoint, one salt is raised by one and the other drawn, before the
first commit in it. So a header that comes again would be of the
same salts, the same last frame, and the same checksum: of the same commit. A checkpoint copies
pages to where the WAL says they are, and changes no content; nor does truncating what was copied.
The change counter alone would not do (4): recovery sets it to zero, and it counts from there.

Why no commit is missed. A commit returns after it has written its header: the second copy, a
barrier, the first copy. A request that begins after that finds it (1). What the verifier remembers
it read after it had taken the header H (2). The connection reads what is published when its read
begins, which is H or later: SQLite compares the header once more after it has locked its place in
the WAL. If it was later, H is not the header any more, and the next request finds that out. So
whatever is remembered under H is of H's commit or of a later one, and while H stands there is no
later one. After it moved to H' the count is read under H' or later (5), and what it was before was
read under H. If they are equal, no commit between has changed what a verdict depends on (6): the
count only rises, and a transaction that does not raise it has changed none of it. If it rose by k,
there were k changes, for it rises by one with each; those between have the k numbers that follow,
and one note each. All k are there, or everything goes. So whatever stays is about what none of them
changed. What is read in several steps may be of several commits: a later one than H' moves the
header once more, and is taken in by the next request.
Numbers can mean other changes only in another history. Restoring a store puts its rules in anew,
and so changes the schema's version, whatever the count is then; so does a backup that is written
over it, and a file's worth of another history is told by the file (6, 8).

What else happens to a store:
- *A writer is killed in the middle.* Before the first copy is written its commit has not returned;
  the copies differ, or the checksum in them is wrong for SQLite, whose next reader recovers. That
  writes another header, whose counter is zero. Until then the verifier reads (3).
- *One copy only.* Nothing was found that goes wrong: the copy that is written last says by itself
  that no commit has returned, and the one that is written first says so earlier. To compare both
  costs 20 ns and asks for no such argument. Both are copied at once, in whatever order: a mixture
  is equal to a header only where nothing of it was changed.
- *The last connection closes* and removes `-wal` and `-shm`. It cannot, while this one is open: in
  WAL mode each holds a shared lock on the store. Nor can the journal mode be changed, nor anybody
  lock the store for himself.
- *The store is replaced* by rename, and by `keydeck store restore` where it was damaged. The open
  connection stays on the old file, as it would without any memory, for a second (8).
- *Triggers are switched off* by whoever writes (`.dbconfig enable_trigger off`). Then no rule of
  the database holds for what is written there, this one and `keys_stay_revoked` among them.
- *Someone writes into the file past SQLite*, or removes the `-shm` of an open store. That breaks
  SQLite itself: its own cache goes by the same header. It is noticed as far as (8) goes.
- *The `sqlite3` shell* and other libraries publish as ours does: all of them since 3.7.0 share the
  file. Its version stands in the header and is looked at when it is mapped.
- *The counter wraps* after 2^32 commits, and the salts after as many resets; both would have to, in
  step with a checksum.

Memory order. The one comparison that matters is that of 1. Between the commit and the request lies
a message, and between its arrival and the comparison the kernel's own ordering: what was written
before a commit returned is seen by whoever was told of it, on any processor. For 2, the header is
read before SQLite's read begins, in which there is a barrier, and both read the same place. So Arm
needs nothing more than x86-64. But what is shown here by reasoning has been tried on x86-64 alone,
and a test on it would not find what is wrong on Arm: elsewhere every request reads.

Why the mapping does no harm. It is read-only, of a file that SQLite keeps at 32 KiB or more while a
connection is open, so that it always has what is behind it (7). POSIX drops a process's locks on a
file with the first close of any of its descriptors: so they are kept for the life of the process,
two for each file that was the store's (9). They are not inherited by other programs; workers are
started anew, not forked, and a fork that closes its copies drops locks of its own, of which it has
none. A descriptor that is kept also keeps the file's number from being given to another file.
"""
