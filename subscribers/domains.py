"""What can be known of an address's domain before a letter goes there."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dns.resolver import Resolver

SECONDS = 3  # for the name servers; a reader waits meanwhile


def is_disposable(address: str) -> bool:
    """Whether the normalised address is of a service that gives everybody an inbox for ten minutes.

    The list is that of github.com/disposable-email-domains; subdomains are meant as well.
    """
    from disposable_email_domains import blocklist  # noqa: PLC0415  # thousands of names, for whom they concern

    labels = address.rpartition("@")[2].split(".")
    return any(".".join(labels[first:]) in blocklist for first in range(len(labels) - 1))


def takes_mail(address: str, resolver: "Resolver | None" = None) -> bool:
    """Whether the domain of the normalised address exists and does not say that it takes no mail (RFC 7505).

    A name server that does not answer, or not in three seconds, is no reason to send anybody away. ``resolver`` is in
    place of the machine's own.
    """
    from dns.exception import DNSException  # noqa: PLC0415  # asks for name servers when it is loaded
    from dns.resolver import NXDOMAIN, NoAnswer  # noqa: PLC0415
    from email_validator import EmailUndeliverableError  # noqa: PLC0415
    from email_validator.deliverability import validate_email_deliverability  # noqa: PLC0415

    domain = address.rpartition("@")[2]
    try:
        validate_email_deliverability(domain, domain, None if resolver else SECONDS, resolver)
    except EmailUndeliverableError as error:
        said = error.__cause__
        return said is not None and not isinstance(said, NXDOMAIN | NoAnswer)
    except DNSException:
        return True
    return True
