"""The exact steps of a manual task (pure): codes with values; the words are in the catalogue."""

from typing import Any

from huiyin.domain.orders.shop import RemedyKind, RemedyRequest


def steps_for(request: RemedyRequest, why: str) -> list[dict[str, Any]]:
    """What a person does where the shop's software cannot, in order; the last step names the proof to paste."""
    steps: list[dict[str, Any]] = [{"code": "open_order", "order_no": request.order_no}]
    if why in {"state_unsupported", "unclear"}:
        steps.append({"code": "check_not_done_yet", "key": request.key})
    if request.replaces:
        steps.append({"code": "void_keys", "key_ids": list(request.replaces)})
    if request.kind is RemedyKind.REFUND:
        steps.append({"code": "refund_bill", "bill_no": request.bill_no, "amount": str(request.amount)})
        return [*steps, {"code": "proof_refund_no"}]
    if request.kind in {RemedyKind.COUPON, RemedyKind.POINTS}:
        steps.append({"code": f"grant_{request.kind.value}", "amount": str(request.amount)})
        return [*steps, {"code": "proof_grant"}]
    steps.append({"code": "take_key", "quantity": request.quantity, "sku": request.sku})
    return [*steps, {"code": "send_key"}, {"code": "proof_key_id"}]
