"""Orders wait in a queue; what waits is gathered into batches, and each batch is carried by a
thread of its own."""

import logging
import secrets
import threading
from base64 import b64decode, b64encode
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from tests.other_platform.batch import HALTED, OVER, STEPS, Batch, NotYet, Permit, now
from tests.other_platform.ledger import Ledger
from tests.other_platform.payload import (
    INDISPENSABLE,
    Order,
    is_amount,
    payload,
    permitted,
    plain,
    recipient_key,
)
from tests.other_platform.regulator import Refused
from tests.other_platform.watch import CONTRACTS, Watch
from tests.other_platform.wire import NoAnswer, Wire

GATHER_S = 0.05
"""What comes in within this time leaves together."""
BATCH_MAX = 20
UNDER_WAY_MAX = 8
"""Batches to one recipient at a time; the other orders wait in the queue."""
RETRY_STEP_S, RETRY_MAX_S = 0.1, 0.5
RECHECK_S = 0.5

Route = tuple[str, str]
log = logging.getLogger(__name__)


class Platform:
    """All of it. `start` its threads once; they end with the process."""

    def __init__(self, ledger: Ledger, watch: Watch, recipients: Wire) -> None:
        self.watch, self.regulator = watch, watch.regulator
        self._ledger, self._recipients = ledger, recipients
        if ledger.get("identity", "token key") is None:
            fresh = b64encode(secrets.token_bytes(32)).decode()
            ledger.keep("identity", "token key", fresh)
        self._token_key = b64decode(ledger.get("identity", "token key"))
        self._lock = threading.Lock()
        kept = ledger.all("order").values()
        self._orders = {value["ref"]: Order(**value) for value in kept}
        self._ref_of = {order.form["order_no"]: ref for ref, order in self._orders.items()}
        self._batches = {id: _batch(value) for id, value in ledger.all("batch").items()}
        for batch in self._batches.values():
            if batch.step == OVER:
                self._close(batch)
        carried = {ref for batch in self._begun() for ref in batch.orders}
        self._queue = [
            ref
            for ref, order in self._orders.items()
            if order.state == "OPEN" and ref not in carried
        ]
        self._alone: set[str] = set()
        """Orders whose batch asked for more than the quota had left."""
        self._under_way = Counter(_route(batch.permit) for batch in self._begun())
        self._stir = threading.Event()
        """Something may go that could not before."""
        watch.on_news = self._stir.set

    def start(self) -> None:
        """Goes on where a former process was killed."""
        for batch in self._begun():
            _spawn(self._carry, batch)
        _spawn(self.watch.run)
        _spawn(self._gather)

    # What merchants and persons ask.

    def take(self, form: Mapping[str, str]) -> Order:
        """The order, on disk: open, done if it stays at home, or declined. The same order twice is
        one order."""
        order = Order("o-" + secrets.token_urlsafe(12), dict(form), now())
        if form.get("at_home") == "true":
            order = replace(order, state="DONE")
        elif order.route not in CONTRACTS:
            order = replace(order, state="DECLINED", because="no contract for this recipient there")
        if not is_amount(form.get("total", "")):
            order = replace(order, state="DECLINED", because="total must be such as 1234.56")
        with self._lock:
            known = self._ref_of.setdefault(form["order_no"], order.ref)
            if known != order.ref:
                return self._orders[known]
            self._keep_order(order)
        if order.state == "OPEN":
            self._enqueue([order.ref])
        return order

    def order(self, ref: str) -> Order | None:
        """What has become of it; `None` if there is no such order."""
        return self._orders.get(ref)

    def told_abroad(self, identifier: str) -> list[dict[str, Any]]:
        """Who received what of a person (PIPL art. 44-45)."""
        found = []
        for batch in list(self._batches.values()):
            orders = [self._orders[ref] for ref in batch.orders]
            of_person = [
                o for o in orders if plain(o.form.get("buyer_id", "")) == plain(identifier)
            ]
            if batch.left != "no" and of_person:
                recipient, country = _route(batch.permit)
                categories = permitted(batch.permit.categories)
                told = {"recipient": recipient, "country": country, "at": batch.left_at}
                found.append(told | {"categories": categories, "orders": len(of_person)})
        return found

    # What the steps of a batch ask.

    def keep(self, batch: Batch) -> Batch:
        """Writes the batch down."""
        self._ledger.keep("batch", batch.id, asdict(batch))
        self._batches[batch.id] = batch
        return batch

    def payload(self, batch: Batch) -> str:
        key = recipient_key(self._token_key, batch.permit.recipient)
        orders = [self._orders[ref] for ref in batch.orders]
        return payload(batch.id, orders, batch.permit.categories, key).decode()

    def deliver(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status that the recipient answers."""
        return self._recipients.exchange("POST", self._recipients.path + path, headers, body).status

    def still_holds(self, permit: Permit) -> bool:
        """Whether the permit is what it was, looked at anew."""
        self.watch.look()
        return self.watch.permit(_route(permit)) == permit

    # Gathering.

    def _begun(self) -> list[Batch]:
        return [batch for batch in self._batches.values() if batch.step != OVER]

    def _enqueue(self, refs: Sequence[str]) -> None:
        with self._lock:
            self._queue.extend(refs)
        self._stir.set()

    def _gather(self) -> None:
        while True:
            self._stir.wait(RECHECK_S)
            self._stir.clear()
            threading.Event().wait(GATHER_S)
            with self._lock:
                waiting, self._queue = self._queue, []
            by_route: dict[Route, list[str]] = defaultdict(list)
            for ref in waiting:
                by_route[self._orders[ref].route].append(ref)
            for route, refs in by_route.items():
                try:
                    go_on_waiting = self._dispatch(route, refs)
                except (NoAnswer, Refused) as hindrance:
                    log.info("orders wait: %s", hindrance)
                    go_on_waiting = refs
                with self._lock:
                    self._queue.extend(go_on_waiting)

    def _dispatch(self, route: Route, refs: list[str]) -> list[str]:
        """Sends on what may go, declines what cannot, and returns what waits."""
        permit = self.watch.permit(route)
        if permit is not None and _why_never(permit):
            self.watch.look()  # To decline is final, so it rests on nothing old.
            permit = self.watch.permit(route)
        if permit is None or permit.status in HALTED:
            return refs
        if why := _why_never(permit):
            for ref in refs:
                self._keep_order(replace(self._orders[ref], state="DECLINED", because=why))
            return []
        alone = [ref for ref in refs if ref in self._alone]
        others = [ref for ref in refs if ref not in self._alone]
        groups = [[ref] for ref in alone]
        groups += [others[at : at + BATCH_MAX] for at in range(0, len(others), BATCH_MAX)]
        with self._lock:
            free = UNDER_WAY_MAX - self._under_way[route]
            self._under_way[route] += len(groups[:free])
        for group in groups[:free]:
            id = "b-" + secrets.token_urlsafe(12)
            _spawn(self._carry, self.keep(Batch(id, permit, tuple(group), now())))
        return [ref for group in groups[free:] for ref in group]

    # Carrying.

    def _carry(self, batch: Batch) -> None:
        """Takes one step after the other until the batch is over."""
        failures = 0
        while batch.step != OVER:
            news_count = self.watch.news_count
            try:
                batch, failures = self.keep(STEPS[batch.step](self, batch)), 0
            except NotYet:
                self.watch.await_news(news_count, RECHECK_S)
            except NoAnswer as silence:
                failures += 1
                log.info("%s at %s: %s", batch.id, batch.step, silence)
                pause_s = min(RETRY_STEP_S * failures, RETRY_MAX_S)
                threading.Event().wait(max(pause_s, silence.retry_after_s))
            except Exception:  # A mistake of ours must not leave the orders lying.
                log.exception("%s failed at %s", batch.id, batch.step)
                threading.Event().wait(RETRY_MAX_S)
            batch = self._batches[batch.id]
        with self._lock:
            self._under_way[_route(batch.permit)] -= 1
        self._close(batch)
        self._put_back(batch)

    def _close(self, batch: Batch) -> None:
        """Closes the orders that the batch has decided; done again after a kill, it changes
        nothing."""
        if not batch.declined and batch.left != "yes":
            return
        state = "DECLINED" if batch.declined else "DONE"
        for ref in batch.orders:
            if self._orders[ref].state == "OPEN":
                self._keep_order(replace(self._orders[ref], state=state, because=batch.declined))

    def _put_back(self, batch: Batch) -> None:
        """Orders that are still open go back into the queue, to be looked at under what holds
        now."""
        refs = [ref for ref in batch.orders if self._orders[ref].state == "OPEN"]
        if refs:
            with suppress(NoAnswer, Refused):  # The watch looks again, sooner or later.
                self.watch.look()
        if batch.split:
            self._alone.update(refs)
        self._enqueue(refs)

    def _keep_order(self, order: Order) -> None:
        self._ledger.keep("order", order.ref, asdict(order))
        self._orders[order.ref] = order


def _why_never(permit: Permit) -> str:
    """Why nothing leaves under it again; empty if something may, now or later."""
    if permit.status not in ("active", *HALTED):
        return f"the authorization is {permit.status}"
    if INDISPENSABLE not in permit.categories:
        return "the amount is not authorized"
    return ""


def _route(permit: Permit) -> Route:
    return permit.recipient, permit.country


def _batch(value: dict[str, Any]) -> Batch:
    """The batch that `asdict` wrote."""
    permit = value["permit"]
    permit = Permit(**permit | {"categories": tuple(permit["categories"])})
    return Batch(**value | {"permit": permit, "orders": tuple(value["orders"])})


def _spawn(work: Any, *arguments: Any) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()
