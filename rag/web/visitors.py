"""Who sent a request: a user who is logged in, or else an address."""

import contextlib
import ipaddress
from collections.abc import Iterator
from contextvars import ContextVar

from gradio.context import LocalContext
from starlette.types import Scope

_asking: ContextVar[str | None] = ContextVar("hoidap_asking", default=None)

_USER = "hoidap.user"  # in the scope of a request, where the login puts it


def set_user(scope: Scope, user: str) -> None:
    """Say who sent this request."""
    scope[_USER] = user


def user_of(scope: Scope) -> str | None:
    """The name of the user who sent this request; None for nobody."""
    user = scope.get(_USER)
    return user if isinstance(user, str) else None


def address_of(scope: Scope) -> str:
    """The address that a request came from; of IPv6 the network, for whoever has one address there has them all."""
    client = scope.get("client")
    host = str(client[0]) if client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:  # noqa: PLR2004 - the version of IP
        return host
    return str(ipaddress.ip_network((address, 64), strict=False))


def visitor_of(scope: Scope) -> str:
    """The user, or the address where nobody is logged in."""
    user = user_of(scope)
    return f"user {user}" if user is not None else f"address {address_of(scope)}"


@contextlib.contextmanager
def asked_by(visitor: str) -> Iterator[None]:
    """Say who asks what is asked in a `with` block, and in the threads that are started there."""
    token = _asking.set(visitor)
    try:
        yield
    finally:
        _asking.reset(token)


def asking_visitor() -> str:
    """Who asks, in a function that Gradio calls for a request, or in `asked_by`; empty in any other."""
    said, called = _asking.get(), LocalContext.request.get(None)
    if said is not None or called is None or called.request is None:
        return said or ""
    return visitor_of(called.request.scope)
