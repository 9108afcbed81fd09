"""Secrets in the database are read by who has SECRET_KEY, and by nobody else."""

import pytest
from django.core import signing
from django.test import override_settings

from core.secrets import Unreadable, sealed, unsealed

FORMER, PRESENT = "former-key-" + "x" * 50, "present-key-" + "y" * 50


def test_a_secret_comes_back_as_it_was():
    assert unsealed(sealed("whsec_ÄÖ")) == "whsec_ÄÖ"


def test_what_is_stored_tells_nothing_and_is_never_the_same():
    first, second = sealed("whsec_one"), sealed("whsec_one")

    assert "whsec_one" not in first
    assert first != second


def test_another_key_opens_nothing_unless_it_is_named_as_a_former_one():
    with override_settings(SECRET_KEY=FORMER):
        stored = sealed("whsec_one")

    with override_settings(SECRET_KEY=PRESENT), pytest.raises(Unreadable, match="SECRET_KEY"):
        unsealed(stored)
    with override_settings(SECRET_KEY=PRESENT, SECRET_KEY_FALLBACKS=[FORMER]):
        assert unsealed(stored) == "whsec_one"


def test_what_is_sealed_after_a_change_of_keys_is_sealed_by_the_new_one():
    with override_settings(SECRET_KEY=PRESENT, SECRET_KEY_FALLBACKS=[FORMER]):
        stored = sealed("whsec_one")

    with override_settings(SECRET_KEY=PRESENT, SECRET_KEY_FALLBACKS=[]):
        assert unsealed(stored) == "whsec_one"
    with override_settings(SECRET_KEY=FORMER, SECRET_KEY_FALLBACKS=[]), pytest.raises(Unreadable):
        unsealed(stored)


def test_what_was_signed_by_a_former_key_holds_and_what_is_signed_anew_is_signed_by_the_new_one():
    with override_settings(SECRET_KEY=FORMER):
        old = signing.dumps({"page": 2}, salt="tests")

    with override_settings(SECRET_KEY=PRESENT, SECRET_KEY_FALLBACKS=[FORMER]):
        assert signing.loads(old, salt="tests") == {"page": 2}
        new = signing.dumps({"page": 2}, salt="tests")
    with override_settings(SECRET_KEY=PRESENT, SECRET_KEY_FALLBACKS=[]):
        assert signing.loads(new, salt="tests") == {"page": 2}
        with pytest.raises(signing.BadSignature):
            signing.loads(old, salt="tests")


@pytest.mark.parametrize("stored", ["", "nonsense", "gAAAAABnonsense"])
def test_what_was_never_sealed_is_refused(stored):
    with pytest.raises(Unreadable):
        unsealed(stored)
