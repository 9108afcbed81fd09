"""What tests of signing in share: the world outside any organization."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import get_script_prefix, set_script_prefix

from core.tenancy import Scope, scope


@contextmanager
def outside() -> Iterator[None]:
    """No organization in scope and none in addresses, as when a person arrives."""
    prefix = get_script_prefix()
    set_script_prefix("/")
    try:
        with scope(Scope()):
            yield
    finally:
        set_script_prefix(prefix)
