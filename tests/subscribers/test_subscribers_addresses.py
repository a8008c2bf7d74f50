"""Which texts are addresses, and which addresses are the same one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import domains

from subscribers.addresses import LONGEST, BadAddress, _lowered, normalise_address

locals_ = st.from_regex(r"[A-Za-z0-9_+=/'-]{1,20}(\.[A-Za-z0-9_+=/'-]{1,20})?", fullmatch=True)


@given(locals_, domains())
def test_an_address_has_one_form_however_it_is_typed(local, domain):
    text = f"{local}@{domain}"
    try:
        address = normalise_address(text)
    except BadAddress:
        return  # hypothesis knows top-level domains that no mail goes to
    assert normalise_address(text.upper()) == address
    assert normalise_address(f"  {text}\n") == address
    assert normalise_address(address) == address


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_accepted_is_its_own_normal_form_and_safe_in_a_header(local, domain):
    try:
        address = normalise_address(f"{local}@{domain}.example")
    except BadAddress:
        return
    assert normalise_address(address) == address
    assert address.isprintable()
    assert not set(address) & set(' \r\n,;:<>"()[]\\')


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ann@Example.COM", "ann@example.com"),
        ("ann+news@example.com", "ann+news@example.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("Ä@example.com", "ä@example.com"),
        ("a\u0308@example.com", "ä@example.com"),
    ],
)
def test_spellings_of_one_address_are_one(typed, stored):
    assert normalise_address(typed) == stored


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "ann@localhost",
        "ann@example",
        "ann@example.com\r\nBcc: bob@example.com",
        "ann@example.com\x00",
        "ann\u202e@example.com",
        "ann\u200b@example.com",
        "Ann <ann@example.com>",
        '"ann smith"@example.com',
        "ann@[192.0.2.1]",
        "ann@example.com, bob@example.com",
        "a" * 65 + "@example.com",
        "ann@" + "a" * LONGEST + ".com",
        "ann@printer.local",
    ],
)
def test_what_is_not_an_address_is_refused_with_one_sentence(text):
    with pytest.raises(BadAddress) as refusal:
        normalise_address(text)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


parts = st.text("aZ0.-+_'@\"<> ", max_size=12) | st.sampled_from(
    ["example.com", "xn--bcher-kva.example", "a" * 64, "localhost"]
)


def answer(judge, text):
    try:
        return judge(text)
    except BadAddress as error:
        return str(error)


@given(st.tuples(parts, parts, parts).map("".join) | st.tuples(parts, domains()).map("@".join))
def test_the_usual_addresses_are_taken_and_refused_as_the_library_does(text):
    text = text.strip() or "a"
    assert answer(normalise_address, text) == answer(_lowered, text)
