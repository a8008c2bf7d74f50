"""What the name servers say of an address's domain, asked of a real one."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from subscribers.domains import is_disposable, takes_mail

ZONE = {
    "mail.test.": {"MX": "10 mx.mail.test."},
    "old.test.": {"A": "1.2.3.4"},
    "never.test.": {"MX": "0 ."},
    "only-web.test.": {"TXT": '"v=spf1 -all"', "A": "1.2.3.4"},
    "empty.test.": {},
}


@pytest.fixture(scope="module")
def resolver() -> Iterator[dns.resolver.Resolver]:
    """A resolver that knows one name server: this one, which knows the zone above."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(server,))
        thread.start()
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port, made.lifetime = ["127.0.0.1"], server.getsockname()[1], 1
        yield made
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"", server.getsockname())
        thread.join()


def _serve(server: socket.socket) -> None:
    while True:
        packet, client = server.recvfrom(4096)
        if not packet:
            return
        query = dns.message.from_wire(packet)
        name, kind = query.question[0].name, dns.rdatatype.to_text(query.question[0].rdtype)
        if str(name).startswith("silent"):
            continue
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if str(name) == "broken.test.":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif str(name) not in ZONE:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif kind in ZONE[str(name)]:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, ZONE[str(name)][kind]))
        server.sendto(answer.to_wire(), client)


@pytest.mark.parametrize("domain", ["mail.test", "old.test"])
def test_a_domain_with_a_mail_server_or_an_address_takes_mail(resolver, domain):
    assert takes_mail(f"ann@{domain}", resolver)


@pytest.mark.parametrize("domain", ["nowhere.test", "never.test", "only-web.test", "empty.test"])
def test_a_domain_that_is_not_there_or_wants_no_mail_takes_none(resolver, domain):
    assert not takes_mail(f"ann@{domain}", resolver)


@pytest.mark.parametrize("domain", ["silent.test", "broken.test"])
def test_a_name_server_that_does_not_help_sends_nobody_away(resolver, domain):
    assert takes_mail(f"ann@{domain}", resolver)


def test_an_inbox_for_ten_minutes_is_known_by_its_domain_and_all_beneath_it():
    assert is_disposable("ann@mailinator.com")
    assert is_disposable("ann@some.mailinator.com")
    for address in ("ann@example.com", "ann@lighthouse.example", "mailinator.com@example.com", "ann@gmail.com"):
        assert not is_disposable(address)
