"""Leases: how a verifier may answer from memory, and a revocation still be in force when we say so.

On PostgreSQL a verifier may remember what it read while it holds a lease. A change that takes
rights away is *committed* first, and *in force* once no verifier can act on what was before. The
claim: a request that begins after "in force" was said is never answered by what the change took
away. Each rule is needed; a model in the tests leaves each out in turn and finds the request.

The verifier (`holding`):
 1. It reads what has changed, and asks for a lease, of LONGEST_S at most. It counts that on its own
    clock from before it read, and ends it early by DRIFT.
 2. It looks at that clock at each answer. Its lease over, it answers by reading through, and
    where it cannot read it answers 503.
 3. A lease that ran out leaves nothing behind: what was remembered under it is forgotten, even when
    a renewal that was asked for in time is granted late.
 4. It reads what it will remember only once its lease has been committed.
 5. What was being read while a change was applied is not remembered: it may be from before.
 6. It forgets what a change is about before it asks for a lease, which confirms its revision.
 7. On another timeline it starts anew, over new connections: there, numbers may mean other changes.
The database (`store.persistence.migrations.changes`, `store.persistence.repositories.verifiers`):
 8. Every change a verdict depends on is noted down with its revision, not those of keys alone.
 9. Changes commit in the order of their revisions.
The revoker (`settling`):
10. It reads the leases after its commit.
11. It waits for each until it has confirmed the revision that was read with the leases, or is gone,
    or until its whole length, and longer by DRIFT, has passed on the revoker's own clock since that
    reading. The lease of whoever has not confirmed it is noted down as lapsed, and nobody waits
    for it again.
12. On a timeline on which nobody has done so it first waits as long as any lease can be: a promoted
    standby may not know of leases that the server before it has granted. It knows the timeline
    from within its transaction: the first reading after the commit may be of another.
13. Its commit is on every synchronous standby, or a failover could take it back.
Whoever tidies up:
14. A lease is noted down as lapsed only if it is still the one that was waited out: of the same
    registration, on the same timeline, as often renewed.
15. A verifier that may have missed a change that is noted down no more forgets everything.
16. A verifier is removed only once its lease has lapsed, or by itself, its lease given up before.

Why that is enough. Take a change C and a verifier V that remembers something from before C. When it
last read what had changed, and was granted its lease for that, it saw the database at an instant S.
If S was after C, V read of C (8, 9), on the same timeline (7), forgot what C is about before it
asked (6, 15), and can have remembered it again only by a read that began before C was applied,
which 5 forbids, or after, which sees C. So S was before C, and V counts from before S: its lease
ends before C and a lease's length (1), and before the revoker's wait is over (11), however late it
was granted. The revoker knows of V: a lease of it was committed before V read what it remembers
(4), which was before C was committed, and the revoker reads leases after that (10). When V's row is
gone or says that its lease lapsed, V gave it up or somebody waited it out before (14, 16): what V
holds now it was granted later, and V has forgotten everything from before that (3). When a lease
was never in this database, another server granted it, and 12 waits for it. Whichever server takes
over later has C (13).

So a lease is granted to whoever asks, also to a verifier that is behind: while changes come faster
than it can ask, it always is.

No two clocks are compared, and the database's is not used: it could be set. What is needed is that
clocks run equally fast, within DRIFT. A clock that is being slewed may be off by 8.3 % (chrony's
default at the most), each way and on both sides: 0.9 / 0.917 is less than 1.1 / 1.083.

A verifier that is stopped, or whose machine sleeps, finds its lease over when it wakes, because
CLOCK_BOOTTIME goes on meanwhile. A virtual machine whose host pauses it may stand still with all
its clocks: for what was left of its lease, less than LONGEST_S, it can accept what was revoked
while it stood. Do not pause, snapshot or migrate it live; nor run an old primary on beside a
promoted standby: two servers that both grant leases keep no promise at all; nor promote a standby
that a commit did not wait for, because somebody broke that wait off; nor put an earlier state of
its disk under a server while verifiers run: what was in force goes with the later one.
"""
