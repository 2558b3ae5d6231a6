"""What the system attaches by itself: the shop's records and the terms in force when paid (CP4, CP16).

Runs in the worker, outside of any transaction, and may run again at any time: the same facts are the same bytes, and
the same bytes are attached once. An order that has changed since is attached again, beside what it was before.
"""

from datetime import datetime
from io import BytesIO

from huiyin.domain.cases import actions
from huiyin.domain.cases.actions import Original
from huiyin.domain.cases.evidence import Source
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.records import Record, order_records, terms_record
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders import shop as port
from huiyin.domain.orders.due import terms_of
from huiyin.domain.orders.models import Order, Terms
from huiyin.domain.orders.shop import Shop
from huiyin.domain.orders.terms import as_json
from huiyin.lib.errors import Rejected, Unavailable
from huiyin.lib.files import Files

LARGEST_RECORD = 4 << 20


def gather(matter_id: int, *, shop: Shop, files: Files, now: datetime) -> bool:
    """Attach what the platform holds about the order of a case. False = the shop did not answer: ask again later."""
    case = Case.objects.select_related("matter", "order", "order__matter").filter(matter=matter_id).first()
    if case is None or case.order is None:
        return True
    has_answered = _keep_terms(case.order, shop, now)
    records = order_records(case.order.order_no, case.order.snapshot, case.order.looked_at)
    records += [terms_record(row.kind, _content(row), row.valid_from) for row in terms_of(case.order)]
    originals = [_kept(record, files) for record in records]
    actions.add_evidence(case, originals, source=Source.SYSTEM, by="system", now=now)
    return has_answered


def _keep_terms(order: Order, shop: Shop, now: datetime) -> bool:
    try:
        said = shop.terms(order.order_no)
    except Rejected:
        return True  # this shop keeps no versions
    except Unavailable:
        return False
    orders.keep_terms(order, said, now=now)
    return True


def _content(row: Terms) -> dict[str, object]:
    """The version as it was hashed when we first saw it, so that the file shows the very same."""
    return as_json(
        port.Terms(
            port.TermsKind(row.kind),
            row.sku,
            row.version,
            row.title,
            row.text,
            row.valid_from,
            row.valid_until,
            row.rule,
        )
    )


def _kept(record: Record, files: Files) -> Original:
    stored = files.put(BytesIO(record.content), most=LARGEST_RECORD)
    return Original(
        what=record.what, sha256=stored.sha256, size=stored.size, mime="application/json", name=record.name,
        custodian="shop", captured_at=record.captured_at,
    )  # fmt: skip
