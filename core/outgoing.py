"""Connections to hosts that people name: only to addresses that were checked, at the moment of connecting.

A name is resolved once and every address behind it is checked; then exactly those addresses are connected to, so that a
name server which answers differently the next moment gains nothing. Whatever connects to a host that is kept in a row
goes through here: HTTP by `client`, other protocols by `connect`.
"""

import contextlib
import functools
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Iterable
from typing import Any

import httpcore
import httpx

from core.errors import DomainError

#: Of IPv4, all that IANA keeps for special purposes, group addresses, and the metadata servers that have none of those.
SPECIAL_IPV4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip
#: Of IPv6, what is given to hosts; and within it what leads to IPv4 (Teredo, 6to4) or is for examples. So ::/96, mapped
#: IPv4, NAT64, unique local, link-local, site-local and group addresses are out.
GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
SPECIAL_IPV6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)  # fmt: skip
#: A host that never ends its answer is left after so long, however busily it sends.
TOTAL_SECONDS = 30.0


class ForbiddenAddress(DomainError):
    """A host leads to an address of this server, of the network around it, or of no host at all."""

    code = "forbidden_address"


def is_public(address: str) -> bool:
    """Whether an address, in numbers, is one of the Internet at large."""
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv4Address):
        return not any(number in network for network in SPECIAL_IPV4)
    return number in GLOBAL_IPV6 and not any(number in network for network in SPECIAL_IPV6)


def is_allowed(host: str, allowed: Collection[str]) -> bool:
    """Whether the administrator has named a host among those that may be private."""
    return host.lower().rstrip(".") in {name.lower().rstrip(".") for name in allowed}


def checked_addresses(host: str, port: int, allowed: Collection[str] = (), *, is_numeric: bool = False) -> list[str]:
    """The addresses, in numbers, to which a host leads now, in the order in which to try them.

    Args:
        host: a name, or an address in any spelling.
        allowed: hosts that may lead anywhere, because the administrator has named them.
        is_numeric: ask no name server; a name leads nowhere then.
    Raises:
        ForbiddenAddress: one of them is not public. A name that leads to both kinds is not trusted with either.
        OSError: there is no such host.
    """
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST if is_numeric else 0
        )
    except ValueError as error:  # among them UnicodeError: a name with an empty or an endless part, or a null character
        raise socket.gaierror(socket.EAI_NONAME, f"“{host[:100]}” is no name of a host.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not is_allowed(host, allowed) and not all(map(is_public, addresses)):
        # Which address it is stays here: names of the network around this server are nobody else's to look up.
        raise ForbiddenAddress(f"“{host}” leads to no public address. Nothing was sent there.")
    return addresses


def refuse_private(host: str, allowed: Collection[str] = ()) -> None:
    """Refuse a host at once that is written as an address which is not public; names are checked when connecting.

    Raises:
        ForbiddenAddress: it is one.
    """
    try:
        checked_addresses(host, 0, allowed, is_numeric=True)
    except OSError:
        return


def connect(host: str, port: int, *, allowed: Collection[str] = (), timeout: float | None = None) -> socket.socket:
    """A connection to the first checked address of a host that answers.

    Args:
        timeout: seconds for each address.
    Raises:
        ForbiddenAddress: the host leads to an address that is not public.
        OSError: there is no such host, or it does not answer.
    """
    failure: OSError = ConnectionError(f"“{host}” has no address.")
    for address in checked_addresses(host, port, allowed):
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            failure = error
    raise failure


class HurriedStream(httpcore.NetworkStream):
    """A stream with an end: every wait is cut to what is left of the whole."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _cut(timeout, self._deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), 16_384):
            part = buffer[start : start + 16_384]
            self._stream.write(part, _cut(timeout, self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _cut(timeout, self._deadline, httpcore.ConnectTimeout)
        return HurriedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _cut(timeout: float | None, deadline: float, error: type[Exception]) -> float:
    """Seconds to wait: as asked, and never beyond the deadline."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise error("The whole took too long.")
    return left if timeout is None else min(timeout, left)


class CheckedBackend(httpcore.NetworkBackend):
    """How HTTP reaches hosts: by their checked addresses; certificates are still held against the name."""

    def __init__(self, allowed: Collection[str], total_seconds: float) -> None:
        self._allowed, self._total_seconds, self._backend = allowed, total_seconds, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        deadline = time.monotonic() + self._total_seconds
        try:
            addresses = checked_addresses(host, port, self._allowed)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        failure: Exception = httpcore.ConnectError(f"“{host}” has no address.")
        for address in addresses:
            left = _cut(timeout, deadline, httpcore.ConnectTimeout)
            try:
                stream = self._backend.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return HurriedStream(stream, deadline)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise ForbiddenAddress("A socket of this server is no host.")


class CheckedTransport(httpx.HTTPTransport):
    """A transport of httpx over checked addresses, with a connection for each request; no proxy comes between."""

    def __init__(self, *, allowed: Collection[str] = (), total_seconds: float = TOTAL_SECONDS) -> None:
        super().__init__(verify=_ssl_context())
        # httpx offers no argument for the network backend; its pool is the one place where it is given.
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context(),
            max_keepalive_connections=0,
            network_backend=CheckedBackend(allowed, total_seconds),
        )


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    """What certificates are checked by; SSL_CERT_FILE of the environment names those of an authority of one's own."""
    return httpx.create_ssl_context()


def client(
    *,
    allowed: Collection[str] = (),
    connect_seconds: float = 5,
    read_seconds: float = 10,
    total_seconds: float = TOTAL_SECONDS,
) -> httpx.Client:
    """A client for hosts that people name: checked addresses, TLS verified, no redirects, no proxy, time limits.

    Args:
        allowed: hosts that may lead to private addresses.
        connect_seconds, read_seconds: the longest wait for a connection, and for the next bytes.
        total_seconds: the longest that a request takes in all.
    """
    return httpx.Client(
        transport=CheckedTransport(allowed=allowed, total_seconds=total_seconds),
        timeout=httpx.Timeout(read_seconds, connect=connect_seconds),
        follow_redirects=False,
        trust_env=False,
    )


def beginning(response: httpx.Response, most_bytes: int) -> bytes:
    """The first bytes of a streamed answer, as they were sent; what comes after them is never read.

    Of an answer that breaks off, or takes too long, it is what had come.
    """
    parts: list[bytes] = []
    size = 0
    with contextlib.suppress(httpx.HTTPError):
        for part in response.iter_raw():
            parts.append(part)
            size += len(part)
            if size >= most_bytes:
                break
    return b"".join(parts)[:most_bytes]
