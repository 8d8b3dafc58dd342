"""What a verdict means for who may watch, by an environment's policy. Pure."""

from __future__ import annotations

from marquee.domain.analysis import Moderation
from marquee.domain.enrichment import HoldState, ModerationHold, ModerationPolicy

NOT_EXAMINED = Moderation(source="none", confidence=0.0, state="not_examined")


def hold_of(policy: ModerationPolicy, verdict: Moderation, asset_version: int) -> ModerationHold:
    """`allow` only remembers the verdict. Under `hold` and `block` nobody watches what nobody examined: it waits
    for an administrator, as does what is flagged under `hold`; `block` refuses that at once."""
    state: HoldState = "released"
    if policy != "allow" and verdict.state != "clear":
        state = "blocked" if policy == "block" and verdict.state == "flagged" else "held"
    reasons = tuple(dict.fromkeys(reason.name for reason in verdict.reasons))
    return ModerationHold(asset_version=asset_version, state=state, verdict=verdict.state, reasons=reasons)
