"""The entries of the seller's guide, German and English (SPEC §12)."""

from __future__ import annotations

from dataclasses import replace

from domain.language import Words
from domain.refund import commands as c
from domain.refund.commands import Purpose
from domain.refund.guidance import BeforeRejecting, Check, Guidance, Look, Recommendation, Step
from domain.vocabulary import Reason


def _words(de: str, en: str) -> Words:
    return Words(de=de, en=en)


NOT_AS_DESCRIBED = Guidance(
    principle=_words(
        "Käufer haben Anspruch auf eine Rückerstattung, wenn der erhaltene Artikel nicht der Beschreibung, dem "
        "angegebenen Zustand oder den Fotos entspricht.",
        "Buyers are entitled to a refund if the item does not match its description, stated condition or photos.",
    ),
    checks=(
        Check(
            Look.BUYER_PHOTOS,
            _words(
                "Sieh dir die Fotos des Käufers an und vergleiche den Zustand mit dem Videobeleg, den Angebotsfotos "
                "und der Beschreibung.",
                "Look at the buyer's photos and compare the condition with the video receipt, the listing photos and "
                "the description.",
            ),
            (Look.VIDEO_RECEIPT, Look.LISTING_PHOTOS, Look.LISTING_DESCRIPTION),
        ),
    ),
    before_rejecting=(
        BeforeRejecting(
            Step.ASK,
            Purpose.QUESTION,
            _words("Der Käufer nennt keine bestimmten Mängel.", "The buyer names no particular fault."),
            _words(
                "Bitte ihn, genau anzugeben, was am Artikel falsch dargestellt wurde.",
                "Ask for exactly what was misrepresented about the item.",
            ),
        ),
        BeforeRejecting(
            Step.SEND,
            Purpose.SHOWN_IN_STREAM,
            _words(
                "Der Mangel wurde im Livestream gezeigt und ausdrücklich erwähnt.",
                "The fault was shown and expressly mentioned in the livestream.",
            ),
            _words(
                "Schicke ihm einen Screenshot der Stelle, an der du den Mangel gezeigt hast.",
                "Send a screenshot of the place where you showed the fault.",
            ),
        ),
    ),
    recommended=(
        Recommendation(
            _words(
                "Der Mangel wurde weder im Livestream noch auf dem Videobeleg gezeigt.",
                "The fault was shown neither in the livestream nor on the video receipt.",
            ),
            (c.OfferPartialRefund, c.ApproveWithoutReturn, c.ApproveWithReturn),
            _words(
                "Biete eine Teilrückerstattung oder eine volle Rückerstattung mit oder ohne Rücksendung an.",
                "Offer a partial refund, or a full refund with or without return.",
            ),
        ),
        Recommendation(
            _words(
                "Der Mangel wurde im Livestream gezeigt und ausdrücklich erwähnt.",
                "The fault was shown and expressly mentioned in the livestream.",
            ),
            (c.Reject,),
            _words("Du kannst die Anfrage ablehnen.", "You may reject the request."),
        ),
    ),
)

DEFECTIVE = replace(
    NOT_AS_DESCRIBED,
    principle=_words(
        "Käufer haben Anspruch auf eine Rückerstattung, wenn der Artikel defekt ist, nicht funktioniert oder "
        "abgelaufen ist.",
        "Buyers are entitled to a refund if the item is defective, does not work or has expired.",
    ),
)
"""The source has no entry for these and treats them as not as described."""

ITEM_MISSING = Guidance(
    principle=_words(
        "Käufer haben Anspruch auf eine Rückerstattung, wenn ein Artikel in ihrem Paket fehlt.",
        "Buyers are entitled to a refund if an item is missing from their parcel.",
    ),
    checks=(
        Check(
            Look.PACKING_PROOF,
            _words(
                "Prüfe, ob Fotos oder Videos von der Packstation zeigen, dass der Artikel verpackt wurde.",
                "Check whether photos or videos from the packing station show that the item was packed.",
            ),
        ),
    ),
    before_rejecting=(
        BeforeRejecting(
            Step.SEND,
            Purpose.PROOF_OF_PACKING,
            _words("Du kannst nachweisen, dass der Artikel verpackt war.", "You can prove that the item was packed."),
            _words("Teile den Nachweis mit dem Käufer.", "Share the proof with the buyer."),
        ),
    ),
    recommended=(
        Recommendation(
            _words("Du kannst nachweisen, dass der Artikel verpackt war.", "You can prove that the item was packed."),
            (c.Reject,),
            _words(
                "Du kannst ablehnen, nachdem du den Nachweis geteilt hast.",
                "You may reject once you have shared the proof.",
            ),
        ),
        Recommendation(
            _words(
                "Du hast den Artikel nicht in die Sendung gelegt oder bist unsicher.",
                "You did not put the item into the parcel, or are unsure.",
            ),
            (c.ApproveWithoutReturn, c.PromiseReplacement),
            _words(
                "Erstatte oder schicke einen Ersatzartikel, den der Käufer vorher in einer Nachricht bestätigt hat.",
                "Refund, or send a replacement that the buyer has confirmed by message first.",
            ),
            item_confirmed_first=True,
        ),
    ),
)

WRONG_ITEM = Guidance(
    principle=_words(
        "Käufer haben Anspruch auf eine Rückerstattung für Artikel, die falsch sind oder die falsche Größe oder Farbe "
        "haben.",
        "Buyers are entitled to a refund for items that are wrong, or of the wrong size or colour.",
    ),
    checks=(
        Check(
            Look.BUYER_PHOTOS,
            _words(
                "Vergleiche die Fotos des Käufers mit dem Artikel auf dem Videobeleg.",
                "Compare the buyer's photos with the item on the video receipt.",
            ),
            (Look.VIDEO_RECEIPT,),
        ),
    ),
    before_rejecting=(),
    recommended=(
        Recommendation(
            _words("Die Artikel sind unterschiedlich.", "The items differ."),
            (c.ApproveWithoutReturn, c.ApproveWithReturn, c.PromiseReplacement),
            _words(
                "Erstatte mit oder ohne Rücksendung oder schicke einen Ersatz.",
                "Refund with or without return, or send a replacement.",
            ),
        ),
    ),
)

GIVEAWAY_NOT_RECEIVED = Guidance(
    principle=_words(
        "Ein Giveaway ist innerhalb des Standardversandzeitraums zu versenden.",
        "A giveaway is to be sent within the standard shipping window.",
    ),
    checks=(
        Check(
            Look.TRACKING,
            _words(
                "Prüfe, ob du das Giveaway innerhalb des Standardversandzeitraums verschickt hast.",
                "Check whether you sent the giveaway within the standard shipping window.",
            ),
            (Look.SHIPPING_WINDOW,),
        ),
    ),
    before_rejecting=(),
    recommended=(
        Recommendation(
            _words("Du hast es noch nicht verschickt.", "You have not sent it yet."),
            (c.MarkAsShipped,),
            _words("Verschicke es so schnell wie möglich.", "Send it as soon as possible."),
        ),
        Recommendation(
            _words(
                "Du hast es noch nicht verschickt und findest es nicht.", "You have not sent it and cannot find it."
            ),
            (c.PromiseReplacement,),
            _words(
                "Verschicke einen Ersatzartikel, den der Käufer vorher in einer Nachricht bestätigt hat.",
                "Send a replacement that the buyer has confirmed by message first.",
            ),
            item_confirmed_first=True,
        ),
    ),
)

LATE_NOT_SHIPPED = Guidance(
    principle=_words(
        "Käufer haben Anspruch auf eine Rückerstattung, wenn der Versand sich erheblich verzögert.",
        "Buyers are entitled to a refund if shipping is significantly delayed.",
    ),
    checks=(
        Check(
            Look.TRACKING,
            _words(
                "Prüfe, ob du das Paket abgegeben hast und was die Sendungsverfolgung zeigt.",
                "Check whether you handed the parcel in and what tracking shows.",
            ),
        ),
    ),
    before_rejecting=(
        BeforeRejecting(
            Step.SEND,
            Purpose.TRACKING,
            _words("Die Sendungsverfolgung zeigt, dass das Paket unterwegs ist.", "Tracking shows the parcel moving."),
            _words("Teile dem Käufer mit, dass die Bestellung unterwegs ist.", "Tell the buyer that it is on its way."),
        ),
    ),
    recommended=(
        Recommendation(
            _words("Du hast den Artikel nicht versandt.", "You did not send the item."),
            (c.ApproveWithoutReturn,),
            _words("Veranlasse eine Rückerstattung.", "Refund the buyer."),
        ),
        Recommendation(
            _words("Die Sendungsverfolgung zeigt, dass das Paket unterwegs ist.", "Tracking shows the parcel moving."),
            (c.Reject,),
            _words(
                "Du kannst mit der Sendungsnummer ablehnen, nachdem du dem Käufer Bescheid gegeben hast.",
                "You may reject with the tracking number once you have told the buyer.",
            ),
        ),
    ),
)

GUIDE: dict[Reason, Guidance] = {
    Reason.NOT_AS_DESCRIBED: NOT_AS_DESCRIBED,
    Reason.DEFECTIVE: DEFECTIVE,
    Reason.ITEM_MISSING: ITEM_MISSING,
    Reason.WRONG_ITEM: WRONG_ITEM,
    Reason.GIVEAWAY_NOT_RECEIVED: GIVEAWAY_NOT_RECEIVED,
    Reason.LATE_NOT_SHIPPED: LATE_NOT_SHIPPED,
}
"""An entry for each reason that sellers answer."""
