"""How much the site takes from one visitor and from all of them, in one table.

What a user may want to change is a setting instead: see `rag.settings`.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class WebLimits:
    """Limits of the site. Sizes are in bytes, times in seconds, unless a name says otherwise.

    Attributes:
        body: Largest body of any request that is no upload: a form, a question, a conversation that a browser kept.
        body_seconds: How long such a body may take to arrive.
        upload_seconds: How long an upload may take to arrive.
        head_seconds: How long a connection may take to send the head of a request.
        depth: How deep the JSON of a request may be nested.
        open_requests: Requests under way at once, of all visitors; who comes then gets 503.
        open_requests_of_one: Of one user or address; who has more gets 429.
        sessions: Sessions of open pages that each language's page keeps; the one longest unused goes first.
        session_seconds: How long the conversation of an open page is kept after its last change.
        conversation_characters: Longest conversation kept for an open page, as JSON; the oldest turns go first.
        login_seconds: How long a login lasts.
        logins_of_one: Logins of one user at once; the oldest ends first.
        tries: Passwords tried for one name from one address within `tries_forgiven_after`.
        tries_of_one_address: The same for all names together.
        tries_forgiven_after: See `tries`.
        password_checks: Passwords checked at once: each takes a quarter of a second of a core, on purpose.
        password_checks_waiting: Password checks that may wait; who comes then gets 503.
        uploads_kept: How many full uploads may lie in the temporary folder at once.
        uploads_kept_seconds: After how long a file there is deleted.
    """

    body: int = 2_000_000
    body_seconds: float = 20.0
    upload_seconds: float = 300.0
    head_seconds: float = 10.0
    depth: int = 40
    open_requests: int = 1000
    open_requests_of_one: int = 300
    sessions: int = 200
    session_seconds: int = 2 * 3600
    conversation_characters: int = 200_000
    login_seconds: int = 14 * 24 * 3600
    logins_of_one: int = 20
    tries: int = 10
    tries_of_one_address: int = 50
    tries_forgiven_after: float = 300.0
    password_checks: int = 2
    password_checks_waiting: int = 32
    uploads_kept: int = 3
    uploads_kept_seconds: int = 3600


LIMITS: Final = WebLimits()
