"""DueService: what expires or is due for rotation, with who would be cut off."""

from store.domain.due import Due, DuePage, due
from store.domain.people import Actor
from store.domain.times import DAY
from store.service.transactions import Needs, Transactions, check_standing

CALLED_WITHIN = 30 * DAY
"""Who has not called for longer would hardly be cut off."""

_AT_ONCE = 500


class DueService:
    """Looks ahead."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def within(self, actor: Actor, length_ms: int, *, limit: int | None = None) -> list[Due]:
        """Return the dates of keys within a length of time from now, the next first.

        Those whose rotation is overdue are among them; those that have expired are not. `limit`
        is for how many keys are looked at. Raises NotAllowed or PlanRequired.
        """
        return list(self.page(actor, length_ms, limit).dates)

    def page(self, actor: Actor, length_ms: int, limit: int | None) -> DuePage:
        """Return what `within` does, and whether that is all. Raises what it raises."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "see what is due")
            until, found = unit.now + length_ms, list[Due]()
            beyond = None if limit is None else limit + 1
            ids = unit.keys.with_date(actor.workspace_id, until, beyond)
            more = limit is not None and len(ids) > limit
            ids = ids[:limit]
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                keys = unit.keys.some(actor.workspace_id, some)
                holders = unit.holders.of_keys(actor.workspace_id, some)
                callers = unit.usage.callers(actor.workspace_id, some)
                for key in keys.values():
                    recent = tuple(
                        caller
                        for caller in callers.get(key.id, ())
                        if caller.last_at > unit.now - CALLED_WITHIN
                    )
                    mine = tuple(holders.get(key.id, ()))
                    found += [
                        Due(key, why, at, callers=recent, holders=mine)
                        for why, at in due(key, until, unit.now)
                    ]
            found.sort(key=lambda date: (date.at, date.key.name, date.key.id))
            return DuePage(tuple(found), more, unit.now)
