"""A host that a person names is connected to by addresses that were checked, and by no others."""

import http.server
import socket
import ssl
import threading
import time
from types import SimpleNamespace

import httpx
import pytest

from core import outgoing
from core.outgoing import ForbiddenAddress, beginning, checked_addresses, client, connect, is_public, refuse_private
from tests.certificate import own_certificate

PUBLIC = "93.184.215.14"
PRIVATE = (
    "127.0.0.1", "127.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001",
    "0", "0.0.0.0", "10.0.0.8", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "192.88.99.1",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:93.184.215.14", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001::1", "2001:db8::1",
    "2002:7f00:1::", "3fff::1", "100::1", "5f00::1",
)  # fmt: skip


@pytest.fixture
def names(monkeypatch):
    """`names(host=[address, …])`: what the name server says; a list of lists is said in turn."""
    said: dict[str, list] = {}
    asked: list[str] = []
    real = socket.getaddrinfo

    def lookup(host, port, *args, **kwargs):
        if host not in said or kwargs.get("flags", 0) & socket.AI_NUMERICHOST:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        answer = said[host].pop(0) if isinstance(said[host][0], list) else said[host]
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, port)) for each in answer]

    def tell(**answers):
        said.update({name.replace("_", "."): answer for name, answer in answers.items()})
        return asked

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return tell


@pytest.fixture
def tried(monkeypatch):
    """The addresses that were connected to; none answers."""
    addresses = []

    def refuse(address, *args, **kwargs):
        addresses.append(address[0])
        raise ConnectionRefusedError("Nobody is there.")

    monkeypatch.setattr(socket, "create_connection", refuse)
    return addresses


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers as the address asks for."""

    def do_GET(self):
        self.server.seen.append(self.path)
        {"/ok": self.ok, "/redirect": self.redirect, "/big": self.big, "/drip": self.drip}[self.path]()

    def ok(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"fine")

    def redirect(self):
        self.send_response(302)
        self.send_header("Location", "/ok")
        self.end_headers()

    def big(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 5_000_000)

    def drip(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b".")
            time.sleep(0.05)

    def log_message(self, *args):
        """Silence."""


@pytest.fixture
def server():
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    receiver.seen, receiver.handle_error = [], lambda *args: None
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    yield receiver
    receiver.shutdown()
    receiver.server_close()


def url(server, path, host="localhost"):
    return f"http://{host}:{server.server_port}/{path}"


@pytest.mark.parametrize("host", PRIVATE)
def test_an_address_that_is_not_public_is_refused_in_every_spelling(host):
    with pytest.raises(ForbiddenAddress, match="no public address"):
        checked_addresses(host, 443)
    with pytest.raises(ForbiddenAddress):
        refuse_private(host)


@pytest.mark.parametrize("host", [PUBLIC, "1567938318", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001::1"])
def test_a_public_address_passes(host):
    assert len(checked_addresses(host, 443)) == 1


def test_no_address_is_not_public():
    assert not is_public("somewhere")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fd00::1", "169.254.169.254", "::ffff:10.0.0.1"])
def test_a_name_that_leads_to_a_private_address_is_refused(names, address):
    names(hook_example=[address])

    with pytest.raises(ForbiddenAddress, match="hook.example"):
        checked_addresses("hook.example", 443)


def test_a_name_that_leads_to_a_public_and_a_private_address_is_refused(names):
    names(hook_example=[PUBLIC, "10.0.0.1"])

    with pytest.raises(ForbiddenAddress):
        checked_addresses("hook.example", 443)


@pytest.mark.parametrize("host", ["", "a..b", "x" * 300, "a\x00b", "no.such.host.invalid"])
def test_what_is_no_host_does_not_answer(host, names):
    with pytest.raises(OSError, match=r".*"):
        checked_addresses(host, 443)


def test_a_name_is_not_asked_for_before_it_is_connected_to(names):
    asked = names(hook_example=["10.0.0.1"])

    refuse_private("hook.example")  # it may lead elsewhere by then

    assert asked == []


def test_a_host_that_the_administrator_named_may_be_private(server):
    with client(allowed=["LOCALHOST."]) as http_client:
        assert http_client.get(url(server, "ok")).text == "fine"
    with connect("localhost", server.server_port, allowed=["localhost"], timeout=5) as connection:
        assert connection.getpeername()[1] == server.server_port


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "[::1]", "0x7f.1"])
def test_http_reaches_no_private_address(server, host):
    with client() as http_client, pytest.raises(ForbiddenAddress):
        http_client.get(url(server, "ok", host))
    assert server.seen == []


def test_other_protocols_reach_no_private_address(server):
    with pytest.raises(ForbiddenAddress):
        connect("localhost", server.server_port, timeout=5)


def test_a_name_server_that_changes_its_mind_is_asked_once_for_a_connection(names, tried):
    asked = names(hook_example=[[PUBLIC], ["127.0.0.1"]])

    with client() as http_client:
        with pytest.raises(httpx.ConnectError):
            http_client.get("https://hook.example/")
        assert (asked, tried) == (["hook.example"], [PUBLIC])
        with pytest.raises(ForbiddenAddress):
            http_client.get("https://hook.example/")
    assert tried == [PUBLIC]


def test_each_address_of_a_name_is_tried_in_turn(names, tried):
    names(hook_example=[PUBLIC, "2606:4700:4700::1111"])

    with client() as http_client, pytest.raises(httpx.ConnectError):
        http_client.get("https://hook.example/")

    assert tried == [PUBLIC, "2606:4700:4700::1111"]


def test_a_redirect_is_not_followed(server):
    with client(allowed=["localhost"]) as http_client:
        assert http_client.get(url(server, "redirect")).status_code == 302
    assert server.seen == ["/redirect"]


def test_a_proxy_of_the_environment_is_not_asked(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with client(allowed=["localhost"]) as http_client:
        assert http_client.get(url(server, "ok")).text == "fine"


def test_of_a_big_answer_only_the_beginning_is_read(server):
    with client(allowed=["localhost"]) as http_client, http_client.stream("GET", url(server, "big")) as response:
        assert beginning(response, 1_000) == b"x" * 1_000


def test_each_part_of_an_answer_is_counted_once_however_many_there_are():
    counted = []

    class Part(bytes):
        def __len__(self):
            counted.append(1)
            return super().__len__()

    answer = SimpleNamespace(iter_raw=lambda: (Part(b"x") for _ in range(500)))

    assert beginning(answer, 1_000) == b"x" * 500
    assert len(counted) == 500


def test_an_answer_that_never_ends_is_left_in_time(server):
    began = time.monotonic()
    with (
        client(allowed=["localhost"], total_seconds=0.4) as http_client,
        http_client.stream("GET", url(server, "drip")) as response,
    ):
        read = beginning(response, 1_000)

    assert 0 < len(read) < 50
    assert time.monotonic() - began < 3


@pytest.fixture
def encrypted(server, tmp_path):
    """The server with TLS and a certificate that no authority has signed."""
    pem = tmp_path / "server.pem"
    pem.write_text(own_certificate("localhost"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.authority = pem
    return server


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted):
    address = f"https://localhost:{encrypted.server_port}/ok"

    with client(allowed=["localhost"]) as http_client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY"):
        http_client.get(address)
    assert encrypted.seen == []


@pytest.mark.parametrize(("host", "is_good"), [("localhost", True), ("127.0.0.1", False)])
def test_a_certificate_is_held_against_the_name_and_not_the_address(encrypted, host, is_good, monkeypatch):
    trusting = ssl.create_default_context(cafile=str(encrypted.authority))
    monkeypatch.setattr(outgoing, "_ssl_context", lambda: trusting)
    address = f"https://{host}:{encrypted.server_port}/ok"

    with client(allowed=[host]) as http_client:
        if is_good:
            assert http_client.get(address).text == "fine"
        else:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY"):
                http_client.get(address)


def test_a_socket_of_the_server_is_no_host():
    backend = outgoing.CheckedBackend((), 1)

    with pytest.raises(ForbiddenAddress):
        backend.connect_unix_socket("/run/postgresql")
