"""A setting that makes no sense is named in one sentence, before anything is served with it."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import settings


@pytest.mark.parametrize(
    ("name", "value", "read", "sentence"),
    [
        ("SECURE", "maybe", lambda: settings.env_bool("SECURE", False), "use 1 or 0"),
        ("RATE", "x", lambda: settings.env_int("RATE", 600), "whole number above zero"),
        ("RATE", "0", lambda: settings.env_int("RATE", 600), "whole number above zero"),
        ("LOG_LEVEL", "LOUD", lambda: settings.env_word("LOG_LEVEL", "INFO", settings.LEVELS), "CRITICAL, DEBUG"),
        ("TIME_ZONE", "Mars/Base", lambda: settings.env_zone("TIME_ZONE", "UTC"), "such as Europe/Berlin"),
    ],
)
def test_a_value_that_is_none_is_refused_with_its_name(monkeypatch, name, value, read, sentence):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=sentence) as caught:
        read()

    assert f"{name} is '{value}'" in str(caught.value)


def test_a_word_may_be_written_in_small_letters(monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "warning")

    assert settings.env_word("LOG_LEVEL", "INFO", settings.LEVELS) == "WARNING"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://u@h/x", "postgresql://user:password@host:port/name"),
        ("postgresql://u@h:99999999/x", "a port that is none"),
        ("postgresql://u@h:port/x", "a port that is none"),
    ],
)
def test_an_address_of_a_database_that_is_none_is_refused(url, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        settings.database(url)


def test_a_secret_comes_from_a_file_and_a_missing_one_is_named(monkeypatch, tmp_path):
    file = tmp_path / "key"
    monkeypatch.delenv("OUR_KEY", raising=False)
    monkeypatch.setenv("OUR_KEY_FILE", str(file))
    with pytest.raises(ImproperlyConfigured, match="OUR_KEY_FILE names .*key, which cannot be read: No such file"):
        settings.env("OUR_KEY")

    file.write_text("from the file\n")

    assert settings.env("OUR_KEY") == "from the file"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ("console", 587)),
        ({"EMAIL_FILE_PATH": "/somewhere"}, ("filebased", 587)),
        ({"EMAIL_HOST": "mail.acme.example", "EMAIL_FILE_PATH": "/somewhere"}, ("smtp", 587)),
        ({"EMAIL_HOST": "mail.acme.example", "EMAIL_SECURITY": "tls"}, ("smtp", 465)),
        ({"EMAIL_HOST": "mail.acme.example", "EMAIL_SECURITY": "none", "EMAIL_PORT": "2525"}, ("smtp", 2525)),
    ],
)
def test_mail_goes_to_the_server_that_is_named_else_to_files_else_to_the_log(variables, expected):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EMAIL_")}
    said = "from config import settings as s; print(s.EMAIL_BACKEND.split('.')[-2], s.EMAIL_PORT)"
    answer = subprocess.check_output([sys.executable, "-c", said], env={**inherited, **variables}, text=True)

    assert answer.split() == [expected[0], str(expected[1])]


@pytest.mark.parametrize(
    ("given", "expected"), [(None, []), ("", []), ("former", ["former"]), (" former, first ,", ["former", "first"])]
)
def test_former_secret_keys_are_a_list_in_the_environment_or_in_a_file(tmp_path, given, expected):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SECRET_KEY_FALLBACKS")}
    said = "from config import settings as s; print(*s.SECRET_KEY_FALLBACKS)"
    file = tmp_path / "keys"
    file.write_text(given or "")
    variables = {"SECRET_KEY_FALLBACKS": given} if given is not None else {}

    for named in (variables, {"SECRET_KEY_FALLBACKS_FILE": str(file)}):
        answer = subprocess.check_output([sys.executable, "-c", said], env={**inherited, **named}, text=True)
        assert answer.split() == expected
