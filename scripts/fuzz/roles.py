"""Who may get what from a call, by its documentation; nobody else may get an answer of 2xx."""

from __future__ import annotations

from scripts.fuzz.calls import Call

ANONYMOUS, ADMIN, OFFICIAL, INSTITUTION, LENDER, OPERATOR = "anonymous", "admin", "official", "institution", "lender", "operator"
EVERYBODY = frozenset({ANONYMOUS, ADMIN, OFFICIAL, INSTITUTION, LENDER, OPERATOR})
MEMBERS = frozenset({ADMIN, OFFICIAL, INSTITUTION})
PANEL = frozenset({OFFICIAL})
HOUSE = frozenset({OFFICIAL, INSTITUTION})

#: Beginnings of paths, the longest that fits counts; a method before it where methods differ.
_MAY: dict[str, frozenset[str]] = {
    "/api/accounts": frozenset({ADMIN}),
    "/api/account-changes": frozenset({ADMIN, OFFICIAL}),
    "POST /api/account-changes/{change_id}/withdrawal": frozenset({ADMIN}),
    "/api/acts": PANEL,
    "/api/cases": MEMBERS,
    "POST /api/cases": frozenset({ADMIN}),
    "POST /api/cases/{case_id}/listing": PANEL,
    "POST /api/cases/{case_id}/plans": frozenset({INSTITUTION}),
    "POST /api/cases/{case_id}/polls": PANEL,
    "/api/cases/{case_id}/identity-files": HOUSE,
    "/api/cases/{case_id}/loan-book": frozenset({INSTITUTION}),
    "/api/cases/{case_id}/outlook": EVERYBODY,
    "/api/cases/{case_id}/flags": EVERYBODY,
    "/api/cases/{case_id}/flags/queue": PANEL,
    "/api/flags": PANEL,
    "/api/flag-objections": PANEL,
    "/api/loan-book": EVERYBODY,
    "GET /api/cases/{case_id}/appointed.json": EVERYBODY,
    "GET /api/cases/{case_id}/ceremonies": EVERYBODY,
    "POST /api/cases/{case_id}/ceremonies": PANEL,
    "GET /api/cases/{case_id}/trustees": EVERYBODY,
    "POST /api/cases/{case_id}/trustees": PANEL,
    "GET /api/cases/{case_id}/successions": EVERYBODY,
    "POST /api/cases/{case_id}/successions": PANEL,
    "POST /api/cases/{case_id}/successions/completion": MEMBERS,
    "/api/cases/{case_id}/escrows": EVERYBODY,
    "POST /api/cases/{case_id}/escrows": EVERYBODY,
    "POST /api/cases/{case_id}/escrows/proposal": PANEL,
    "/api/ceremonies": EVERYBODY,
    "POST /api/ceremonies/{ceremony_id}/roll": PANEL,
    "POST /api/ceremonies/{ceremony_id}/end": PANEL,
    "/api/cases/{case_id}/leaks": PANEL,
    "/api/cases/{case_id}/register": MEMBERS,
    "/api/cases/{case_id}/register/for-officials": PANEL,
    "POST /api/cases/{case_id}/register/freeze": PANEL,
    "POST /api/cases/{case_id}/register/imports": frozenset({INSTITUTION}),
    "/api/complaints": PANEL,
    "/api/healthz": EVERYBODY,
    "/api/likenesses": PANEL,
    "/api/contests": EVERYBODY,
    "/api/notices": PANEL,
    "/api/notices/check": EVERYBODY,
    "/api/notices/reports": EVERYBODY,
    "/api/plans": EVERYBODY,
    "/api/plans/{plan_id}/contradictions": HOUSE,
    "POST /api/plans/{plan_id}/submission": frozenset({INSTITUTION}),
    "POST /api/plans/{plan_id}/return": PANEL,
    "POST /api/plans/{plan_id}/admission": PANEL,
    "GET /api/cases/{case_id}/plans": EVERYBODY,
    "/api/polls": EVERYBODY,
    "/api/polls/{poll_id}/abandonment": PANEL,
    "/api/polls/{poll_id}/attestation": PANEL,
    "/api/polls/{poll_id}/complaints": PANEL,
    "/api/polls/{poll_id}/entries": PANEL,
    "/api/polls/{poll_id}/lender": frozenset({LENDER}),
    "/api/polls/{poll_id}/lender/code": EVERYBODY,
    "/api/polls/{poll_id}/lender/session": EVERYBODY,
    "/api/polls/{poll_id}/lender/entry": EVERYBODY,
    "/api/polls/{poll_id}/leaks": PANEL,
    "/api/polls/{poll_id}/likenesses": PANEL,
    "/api/polls/{poll_id}/numbers": PANEL,
    "/api/polls/{poll_id}/tally": PANEL,
    "/api/polls/{poll_id}/turnout": PANEL,
    "/api/polls/{poll_id}/voucher-requests": PANEL,
    "/api/readyz": EVERYBODY,
    "/api/receipts": EVERYBODY,
    "/api/register/template": EVERYBODY,
    "/api/rules": EVERYBODY,
    "/api/session": EVERYBODY,
    "DELETE /api/session": MEMBERS | {LENDER},
    "/api/session/passkey": HOUSE,
    "/api/session/password": MEMBERS,
    "/api/session/second-factor": MEMBERS,
    "/api/voucher-requests": PANEL,
    "/healthz": EVERYBODY,
    "/readyz": EVERYBODY,
    "/metrics": EVERYBODY,
    "/v1": EVERYBODY,
    "/v1/identities": frozenset({OPERATOR}),
    "/v1/references": frozenset({OPERATOR}),
}


def may(call: Call) -> frozenset[str]:
    """The roles for which an answer of 2xx can be right. Raises: KeyError for a call that the table does not know."""
    fitting = [key for key in _MAY if call.name.startswith(key) or call.path.startswith(key)]
    if not fitting:
        raise KeyError(call.name)
    return _MAY[max(fitting, key=lambda key: (len(key.rpartition(" ")[2]), " " in key))]
