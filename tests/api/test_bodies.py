"""What a body or an address says wrongly is refused by name and in words of people, and nothing is written."""

from decimal import Decimal

import pytest

from projects.models import Project
from tests.api.conftest import errors_of

URL = "/api/v1/projects/"


@pytest.mark.parametrize("pk", [1.5, "1.5", True, [1], {"id": 1}, "one", -1, 10**30])
def test_an_id_is_a_whole_number_and_is_never_cut_to_one(api, program, pk):
    named = program.pk + 0.5 if pk == 1.5 else pk

    response = api.send("post", URL, {"name": "Zeus", "program": named})

    assert response.status_code == 400
    assert set(errors_of(response)) == {"program"}
    assert not Project.objects.filter(name="Zeus").exists()


def test_a_rule_about_one_field_names_that_field(api, program):
    response = api.send("post", URL, {"name": "Zeus", "program": program.pk, "budget_amount": "-5"})

    assert errors_of(response) == {"budget_amount": ["A budget is zero or more."]}


def test_a_rule_about_two_fields_is_about_the_row(api, program):
    dates = {"planned_start_date": "2027-01-01", "planned_finish_date": "2026-01-01"}

    response = api.send("post", URL, {"name": "Zeus", "program": program.pk, **dates})

    assert errors_of(response) == {"non_field_errors": ["A project cannot finish before it starts."]}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"name": ' + b"9" * 5000 + b"}", "The body is not JSON: it holds a number of 5,000 digits."),
        (b'{"name": "caf\xe9"}', "The body is not JSON: it is no UTF-8 from byte 14 on."),
        (b'{"name": NaN}', "The body is not JSON: NaN is no number."),
    ],
)
def test_what_cannot_be_read_is_told_without_the_words_of_a_programming_language(api, body, sentence):
    response = api.post(URL, body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["detail"] == sentence


def test_a_byte_order_mark_before_json_is_no_mistake(api, program):
    body = b"\xef\xbb\xbf" + f'{{"name": "Zeus", "program": {program.pk}}}'.encode()

    assert api.post(URL, body, content_type="application/json").status_code == 201


def test_a_list_where_an_object_belongs_is_told_in_words(api):
    assert errors_of(api.send("post", URL, [])) == {
        "non_field_errors": ["Send an object, its fields by name in braces."]
    }


def test_an_act_without_fields_takes_no_field(api, project):
    response = api.send("post", f"{URL}{project.pk}/restore/", {"name": "X"})

    assert response.status_code == 400
    assert "no such field" in errors_of(response)["name"][0]
    assert api.send("post", f"{URL}{project.pk}/restore/").status_code == 200


def test_a_move_to_nowhere_is_refused_as_a_bad_request(api, project):
    response = api.send("post", f"{URL}{project.pk}/move/", {})

    assert response.status_code == 400
    assert "name one of them" in response.json()["detail"]


@pytest.mark.parametrize("word", ["program", "status", "q", "late", "manager"])
def test_an_empty_filter_never_means_all(api, project, word):
    response = api.get(f"{URL}?{word}=")

    assert response.status_code == 400
    assert set(errors_of(response)) == {word}


def test_a_list_that_is_asked_wrongly_does_not_speak_of_saving(api):
    problem = api.get(f"{URL}?nope=1").json()

    assert "nope" in problem["errors"]
    assert "saved" not in problem["detail"]


def test_a_stale_change_is_told_to_a_program_and_not_to_a_person_at_a_form(api, project):
    tag = api.get(f"{URL}{project.pk}/").headers["ETag"]
    api.send("patch", f"{URL}{project.pk}/", {"budget_amount": "7.00"})

    response = api.send("patch", f"{URL}{project.pk}/", {"budget_amount": "8.00"}, If_Match=tag)

    assert response.status_code == 412
    assert response.json()["detail"] == (
        "Nothing was saved: Alice changed the row after the version you named. Read it again, then repeat."
    )
    project.refresh_from_db()
    assert project.budget_amount == Decimal("7.00")
