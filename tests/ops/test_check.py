"""`make check`: everything runs, and all that failed is named with what it said."""

import sys

import pytest

from ops import check


@pytest.fixture
def checks(monkeypatch):
    """Sets what is run: names, each with the lines of Python that stand in for its check."""

    def are(**codes: str) -> None:
        monkeypatch.setattr(check, "steps", lambda: [(name, [sys.executable, "-c", codes[name]]) for name in codes])

    return are


def test_where_all_succeed_what_they_print_is_not_shown(checks, capsys):
    checks(types="print('types are fine')", lint="print('lint is fine')")

    assert check.main() == 0

    *lines, last = capsys.readouterr().out.splitlines()
    assert sorted(line.split("(")[0].split() for line in lines) == [["lint", "ok"], ["types", "ok"]]
    assert last == "Every check passed."


def test_all_that_failed_are_named_each_with_its_own_output(checks, capsys):
    checks(
        types="import time; print('type one'); time.sleep(0.3); print('type two'); raise SystemExit(1)",
        lint="import sys; print('a long line', file=sys.stderr); raise SystemExit(2)",
        imports="print('nothing to say')",
    )

    assert check.main() == 1

    said = capsys.readouterr().out
    assert said.endswith("Failed: types, lint.\n")
    types, lint = said.index("types       failed"), said.index("lint        failed")
    assert said[types:].splitlines()[1:3] == ["type one", "type two"]
    assert said[lint:].splitlines()[1] == "a long line"
    assert "nothing to say" not in said


def test_the_checks_see_the_settings_of_production_and_no_server(checks, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://portolan_app@localhost/portolan")
    checks(
        settings="import os; assert os.environ['SECURE'] == '1' and os.environ['DATABASE_URL'].endswith(':1/portolan')"
    )

    assert check.main() == 0


def test_every_tool_of_the_house_is_among_the_checks():
    assert {name for name, _ in check.steps()} == {
        "lint", "format", "types", "imports", "security", "migrations", "deployment",
    }  # fmt: skip
