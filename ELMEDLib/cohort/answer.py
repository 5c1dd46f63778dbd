"""What a worker's task answers about a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ELMEDLib.cohort.runner import Outcome


def answer_of(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome as JSON can hold it: how many, which failed and why, and the summary."""
    return {
        "cases": len(outcome.records),
        "done": len(outcome.records) - len(outcome.failed),
        "before": outcome.before,
        "failed": [
            {"case": record.name, "reason": record.reason, "advice": record.advice}
            for record in outcome.failed
        ],
        "warned": sum(bool(record.warnings) for record in outcome.records),
        "summary": str(outcome.summary),
        "notes": list(outcome.notes),
    }
