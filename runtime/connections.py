"""What lies outside, as the settings connect it: real adapters, and in a sandbox local twins for what is not set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from pydantic import HttpUrl, SecretStr

from runtime.container import House
from runtime.database import StartError
from runtime.settings import Environment, Settings, variable
from scheduler.adapters.asking import Service
from scheduler.adapters.shipping_service import ShippingService
from scheduler.adapters.stripe_payments import StripePayments
from scheduler.ports.carriers import Carriers
from scheduler.ports.payments import Payments
from scheduler.twins.carriers import LocalCarrier
from scheduler.twins.payments import LocalPayments

NEEDED_IN_PRODUCTION = ("payments_key", "shipping_url", "shipping_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Whom the courier speaks to."""

    payments: Payments
    carriers: Carriers
    reports_due: Callable[[], None] | None
    """What a local twin of the payment provider reports by itself from time to time; the real one sends webhooks."""


@contextmanager
def connected(house: House) -> Iterator[Outside]:
    """Everything connected while the context is open. Raises StartError, naming what production lacks."""
    _refuse_twins_in_production(house.settings)
    with ExitStack() as opened:
        payments, reports_due = _payments(house, opened)
        yield Outside(payments=payments, carriers=_carriers(house, opened), reports_due=reports_due)


def _payments(house: House, opened: ExitStack) -> tuple[Payments, Callable[[], None] | None]:
    settings = house.settings
    if settings.payments_key is not None:
        service = _service("the payment provider", settings.payments_url, settings.payments_key, settings, opened)
        return StripePayments(service), None
    twin = LocalPayments(house.engine, house.door.reports, house.clock)
    return twin, twin.report_due


def _carriers(house: House, opened: ExitStack) -> Carriers:
    settings = house.settings
    if settings.shipping_url is not None and settings.shipping_key is not None:
        return ShippingService(
            _service("the shipping service", settings.shipping_url, settings.shipping_key, settings, opened)
        )
    return LocalCarrier(house.engine, house.door.reports, house.clock)


def _service(whom: str, url: HttpUrl, key: SecretStr, settings: Settings, opened: ExitStack) -> Service:
    service = Service(whom, str(url), key.get_secret_value(), patience=settings.patience)
    opened.callback(service.close)
    return service


def _refuse_twins_in_production(settings: Settings) -> None:
    missing = [variable(name) for name in NEEDED_IN_PRODUCTION if getattr(settings, name) is None]
    if missing and settings.environment is Environment.PRODUCTION:
        raise StartError(f"in production refunds and labels have no local twins: set {', '.join(missing)}")
