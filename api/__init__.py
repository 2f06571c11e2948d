"""Floor 3, HTTP: the trade's commands and read models as resources.

A request goes through the rooms in this order: ``entrance`` (limits, body), where ``callers`` tell who asks;
``requests`` (what it says beside its body); ``matters`` for refund cases and cancellations, ``resources`` for all
else, or ``inbound`` for webhooks of others; ``presenting`` turns what was found into ``schemas``, and ``answering``
into an answer or a problem. ``documenting`` writes the OpenAPI document, ``monitoring`` says how the process fares.
"""
