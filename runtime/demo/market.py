"""A small marketplace of the demo's own: German and English shops and what they sold in two months, always the same."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from domain.vocabulary import ListingKind

ZONE: Final = ZoneInfo("Europe/Berlin")
FRIDAY: Final = datetime(2026, 3, 6, tzinfo=ZONE)
"""The Friday of SPEC §11, before which everything was sold."""
ORDERS: Final = 96
OLDEST: Final = timedelta(days=60)
COMMISSION_PERCENT: Final = 8
TWO_ARTICLES: Final = 0.2
"""The share of orders of two articles, where the shop has several."""
CANCELLED_EACH: Final = 24
STUCK_EACH: Final = 6
"""One order in so many was cancelled, or was bought more than a week ago and never handed in."""
STUCK_FOR: Final = timedelta(days=8, hours=12)
TOLD: Final = ("label_printed_at", "shipped_at", "delivered_at")

COLUMNS: Final = (
    *("order_id", "line_id", "buyer_id", "seller_id", "title", "category", "listing_kind", "openable"),
    *("price", "shipping", "tax", "currency", "quantity", "commission", "purchased_at", "label_printed_at"),
    *("shipped_at", "delivered_at", "status", "tracking_carrier", "tracking_number", "payment_reference"),
    *("listing_description", "listing_condition", "listing_photos", "listing_video_receipts"),
)


@dataclass(frozen=True, slots=True)
class Article:
    """Something a shop sells."""

    title: str
    category: str
    cents: int
    condition: str = "new"
    kind: ListingKind = ListingKind.STANDARD
    openable: bool = False


@dataclass(frozen=True, slots=True)
class Shop:
    """One seller; ``share`` is how often he sells compared with the others."""

    id: str
    share: int
    articles: tuple[Article, ...]


SHOPS: Final = (
    Shop(
        "kamera-kontor",
        5,
        (
            Article("Spiegelreflexkamera, generalüberholt", "cameras", 18900, "refurbished"),
            Article("Kamerarucksack, anthrazit", "camera_bags", 5990),
            Article("Objektiv 50 mm", "lenses", 12450, "used, very good"),
            Article("Stativ, Carbon", "tripods", 8900),
        ),
    ),
    Shop(
        "karten-keller",
        3,
        (
            Article("Sammelkarte, Erstauflage", "trading_cards", 3450, "near mint"),
            Article("Karten-Break, 1 Platz", "trading_cards", 2500, kind=ListingKind.BREAK),
            Article("Mystery-Box Karten", "trading_cards", 1990, kind=ListingKind.MYSTERY),
            Article("Giveaway: Sammelkarte", "trading_cards", 0, kind=ListingKind.GIVEAWAY),
        ),
    ),
    Shop(
        "schoene-haut",
        2,
        (
            Article("Gesichtscreme, 50 ml", "cosmetics", 2490, openable=True),
            Article("Lippenstift, Rosé", "cosmetics", 1290, openable=True),
        ),
    ),
    Shop(
        "brick-lane-vintage",
        3,
        (
            Article("Denim jacket, 1980s", "clothing", 7400, "worn, no holes"),
            Article("Leather satchel", "bags", 6250, "used, good"),
            Article("Wool jumper, navy, M", "clothing", 4100, "like new"),
            Article("Giveaway: enamel badge", "clothing", 0, kind=ListingKind.GIVEAWAY),
        ),
    ),
    Shop(
        "thames-toys",
        2,
        (
            Article("Wooden railway, 32 pieces", "toys", 3999),
            Article("Chess set, walnut", "toys", 5450),
        ),
    ),
    Shop(
        "gruene-ecke", 1, (Article("Monstera, 60 cm", "plants", 2790, "healthy"), Article("Gießkanne", "garden", 3490))
    ),
)
"""The last one sells too little to be in the programme yet."""


def write_orders(path: Path) -> None:
    """Write the order lines as a CSV file that ``directservice import-orders`` takes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(_lines(Random(FRIDAY.toordinal())))  # noqa: S311 -- the same each time is what it is for


def _lines(random: Random) -> Iterator[dict[str, str]]:
    for number in range(ORDERS):
        (shop,) = random.choices(SHOPS, [shop.share for shop in SHOPS])
        is_stuck = number % STUCK_EACH == 0
        age = STUCK_FOR * random.uniform(1, 1.5) if is_stuck else OLDEST * random.random() ** 2  # most of them lately
        purchased_at = (FRIDAY - age).replace(microsecond=0)
        several = len(shop.articles) > 1 and random.random() < TWO_ARTICLES
        articles = random.sample(shop.articles, 1 + several)
        parcel = _parcel(number, purchased_at, random, is_stuck=is_stuck)
        for line in _order(number, shop, articles, purchased_at, random):
            yield {**line, **parcel}


def _order(
    number: int, shop: Shop, articles: Sequence[Article], purchased_at: datetime, random: Random
) -> Iterator[dict[str, str]]:
    order_id = f"2026-{1000 + number}"
    buyer = f"buyer-{random.randrange(10, 45)}"
    status = "cancelled" if number % CANCELLED_EACH == CANCELLED_EACH - 1 else "sold"
    for place, article in enumerate(articles, start=1):
        shipping = 0 if article.kind is ListingKind.GIVEAWAY else random.choice((490, 590, 699))
        yield {
            "order_id": order_id,
            "line_id": f"{order_id}-{place}",
            "buyer_id": buyer,
            "seller_id": shop.id,
            "purchased_at": purchased_at.isoformat(),
            "payment_reference": f"payment-{order_id}",
            "status": status,
            **_sold(article, shipping),
        }


def _sold(article: Article, shipping: int) -> dict[str, str]:
    return {
        "title": article.title,
        "category": article.category,
        "listing_kind": article.kind,
        "openable": str(article.openable).lower(),
        "price": _decimal(article.cents),
        "shipping": _decimal(shipping),
        "tax": "0.00",
        "currency": "EUR",
        "quantity": "1",
        "commission": _decimal(article.cents * COMMISSION_PERCENT // 100),
        "listing_description": f"{article.title}. As shown in the stream.",
        "listing_condition": article.condition,
        "listing_photos": f"https://listings.example/{article.category}/1.jpg",
        "listing_video_receipts": f"https://streams.example/{article.category}",
    }


def _parcel(number: int, purchased_at: datetime, random: Random, *, is_stuck: bool) -> dict[str, str]:
    """When the parcel was packed, scanned and delivered, as far as that had happened on the Friday."""
    packed = purchased_at + timedelta(hours=random.randrange(4, 30))
    shipped = packed + timedelta(hours=random.randrange(5, 40))
    delivered = shipped + timedelta(hours=random.randrange(30, 110))
    told = {"label_printed_at": packed} if is_stuck else dict(zip(TOLD, (packed, shipped, delivered), strict=True))
    happened = {name: at.isoformat() for name, at in told.items() if at < FRIDAY}
    if "shipped_at" not in happened:
        return happened
    return {**happened, "tracking_carrier": "DHL", "tracking_number": f"JJD{number:09}"}


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
