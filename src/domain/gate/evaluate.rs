//! `evaluate(plan, room, ledger, now) → Readiness`: one pure function.
