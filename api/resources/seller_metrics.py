"""Seller metrics: how he answers, how his cases end, and what they cost him (SPEC §7.9)."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import Response

from api.answering.answers import answer, may_answer
from api.entrance.door import admits, behind_the_door
from api.requests.errands import Asking
from api.requests.views import MinPosition, at_one_moment, view
from api.resources.sellers import SELLER, SellerId
from api.schemas.seller_metrics import Costs, MetricsWindow, ReasonMetrics, SellerMetrics
from api.schemas.shape import share
from api.services import Given
from domain.actors import Role
from domain.business_time import Window
from projections import conduct

router = behind_the_door("sellers")


@router.get(
    f"{SELLER}/metrics",
    operation_id="get_seller_metrics",
    summary="Response times, silence, refund rates by reason, and what refunds cost",
    response_model=SellerMetrics,
    responses=may_answer(HTTPStatus.NOT_FOUND),
    **admits(Role.SELLER, Role.SUPPORT, Role.AUDITOR),
)
def get_metrics(given: Given, actor: Asking, seller_id: SellerId, min_position: MinPosition = None) -> Response:
    """Over the newest policy's windows, as of now."""
    given.door.accounts.seller(seller_id, actor)
    with at_one_moment(view(given, min_position, conduct.Conduct.name)) as conn:
        counted = conduct.metrics_over(conn, seller_id, given.door.policies.current, given.door.clock())
    return answer(SellerMetrics(seller_id=seller_id, windows=tuple(_window(*each) for each in counted)))


def _window(window: Window, metrics: conduct.SellerMetrics) -> MetricsWindow:
    told = {name: getattr(metrics, name) for name in MetricsWindow.model_fields if hasattr(metrics, name)}
    return MetricsWindow(
        **{
            **told,
            "window": window,
            "request_share": share(metrics.requests, metrics.lines),
            "silence_share": share(metrics.silent, metrics.answered + metrics.silent),
            "escalation_share": share(metrics.escalated, metrics.rejected),
            "overturn_share": share(metrics.overturned, metrics.escalated),
            "reasons": tuple(_reason(counts) for counts in metrics.reasons),
            "costs": tuple(Costs.model_validate(costs, from_attributes=True) for costs in metrics.costs),
        }
    )


def _reason(counts: conduct.ReasonCounts) -> ReasonMetrics:
    return ReasonMetrics(
        reason=counts.reason,
        requests=counts.requests,
        ended=counts.ended,
        paid_back=counts.paid_back,
        refund_share=share(counts.paid_back, counts.ended),
    )
