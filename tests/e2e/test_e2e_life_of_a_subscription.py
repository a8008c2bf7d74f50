"""From the prompt to the goodbye, against the daemon as it runs at a publisher's."""

import httpx
import pytest

from tests.e2e.conftest import Operator, link_in, wait_until

ANA, BEN = "ana@example.com", "ben@example.com"


def issues_to(operator: Operator, address: str) -> list[str]:
    return [mail["List-Unsubscribe"] for mail in operator.mails_to(address) if mail["List-Id"]]


def sign_up(operator: Operator, address: str) -> None:
    answer = httpx.post(f"{operator.address}/subscribe", data={"email": address, "newsletter": "daily"})
    assert answer.status_code == 200
    wait_until(lambda: operator.mails_to(address), 20)


@pytest.mark.long  # two slots, a minute apart
def test_a_reader_signs_up_confirms_reads_leaves_and_hears_no_more(operator: Operator) -> None:
    operator.write_article(1)
    with operator.running("run"):
        prompt = httpx.get(f"{operator.address}/subscribe/daily").text
        assert "Subscribe free to our daily newsletter" in prompt
        for address in (ANA, BEN):
            sign_up(operator, address)
        confirmations = {address: link_in(operator.mails_to(address)[0], "confirm") for address in (ANA, BEN)}
        for link in confirmations.values():
            assert httpx.get(link).status_code == 200
        listed = operator.digest("subscribers", "list", "--status", "active").stdout
        assert ANA not in listed, "a GET confirms nothing: mail scanners follow every link"
        for link in confirmations.values():
            assert httpx.post(link).status_code == 200

        wait_until(lambda: issues_to(operator, ANA) and issues_to(operator, BEN))
        one_click = issues_to(operator, ANA)[0].split(">")[0].strip("< ")
        answer = httpx.post(one_click, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        archive = httpx.get(f"{operator.address}/archive/daily/1")
        assert archive.status_code == 200
        assert "The library opens its doors" in archive.text

        operator.write_article(2)
        wait_until(lambda: len(issues_to(operator, BEN)) == 2)
    assert len(issues_to(operator, ANA)) == 1
    audit = operator.digest("issues", "audit", "1")
    assert (audit.returncode, "2 sent; audience 2: adds up" in audit.stdout) == (0, True)
