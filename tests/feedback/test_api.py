"""Feedback over REST: sent in bulk, triaged, labeled, merged, linked."""

import pytest
from django.utils import timezone

from core.tenancy import organization_scope
from feedback.models import CustomerAccount, FeedbackItem, FeedbackLink
from feedback.services import analyze_batch, archive_account, update_item
from tests.api.conftest import errors_of

ITEMS = "/api/v1/feedback-items/"


def test_a_thousand_texts_are_sent_at_once_and_again_without_being_stored_twice(api):
    body = {"items": [{"text": f"Text {number}", "external_key": f"T-{number}"} for number in range(1_000)]}

    first = api.send("post", f"{ITEMS}bulk/", body).json()["results"]
    again = api.send("post", f"{ITEMS}bulk/", body).json()["results"]

    assert {one["result"] for one in first} == {"received"}
    assert {one["result"] for one in again} == {"known"}
    assert [one["id"] for one in again] == [one["id"] for one in first]
    assert FeedbackItem.objects.count() == 1_000


def test_one_wrong_text_in_a_bulk_names_its_row_and_field_and_stores_none(api):
    body = {"items": [{"text": "Good"}, {"text": "Hm", "author_email": "nobody"}, {"text": " "}]}

    response = api.send("post", f"{ITEMS}bulk/", body)

    assert response.status_code == 400
    assert "author_email" in str(errors_of(response))
    assert not FeedbackItem.objects.exists()


def test_an_account_of_another_organization_is_refused_at_its_field(api, other):
    with organization_scope(other):
        theirs = CustomerAccount.objects.create(organization=other, name="Theirs")

    response = api.send("post", ITEMS, {"text": "Hello", "account": theirs.pk})

    assert errors_of(response) == {"account": ["There is no such row, or it is not yours to see."]}


def test_items_are_triaged_together_and_taken_back(api, said, bob):
    ids = [one.pk for one in said("One", "Two")]

    done = api.send("post", f"{ITEMS}triage/", {"items": ids, "status": "done", "owner": bob.pk}).json()
    assert done["changed"] == 2
    assert set(FeedbackItem.objects.values_list("status", "owner")) == {("done", bob.pk)}

    back = api.send("post", f"{ITEMS}undo-triage/", {"request_id": done["request_id"]})
    assert back.json() == {"undone": 2, "left": 0}
    assert set(FeedbackItem.objects.values_list("status", "owner")) == {("untriaged", None)}


def test_a_label_is_corrected_and_given_back_to_the_analyser(api, acme, said):
    (item,) = said("I love the new screen!")
    analyze_batch(organization_id=acme.pk, now=timezone.now())

    corrected = api.send("post", f"{ITEMS}{item.pk}/labels/", {"sentiment": "negative"}).json()
    released = api.send("post", f"{ITEMS}{item.pk}/release-labels/", {"labels": ["sentiment"]}).json()

    assert (corrected["sentiment"], corrected["labels_by_person"]) == ("negative", ["sentiment"])
    assert (released["sentiment"], released["labels_by_person"]) == ("positive", [])


def test_the_analysis_tells_what_decided_and_by_which_version(api, acme, said):
    (item,) = said("I love the new screen!")
    assert api.get(f"{ITEMS}{item.pk}/analysis/").status_code == 404
    analyze_batch(organization_id=acme.pk, now=timezone.now())

    found = api.get(f"{ITEMS}{item.pk}/analysis/").json()

    begin, end, weight = found["words"][0]
    assert item.text[begin:end].lower() == "love"
    assert weight > 0
    assert found["analyzer_version"]


def test_an_item_is_merged_into_another_but_not_into_a_duplicate(api, said):
    first, second, third = [one.pk for one in said("One", "One again", "One more")]

    merged = api.send("post", f"{ITEMS}{second}/merge/", {"into": first}).json()
    refused = api.send("post", f"{ITEMS}{third}/merge/", {"into": second})

    assert merged["duplicate_of"] == first
    assert errors_of(refused) == {"into": ["Choose another item that is live and no duplicate itself."]}


def test_triage_refuses_what_is_archived_as_any_other_change_does(api, alice, item, halden):
    item = update_item(actor=alice, item=item, account=None)
    archive_account(actor=alice, account=halden)

    refused = api.send("post", f"{ITEMS}triage/", {"items": [item.pk], "account": halden.pk})

    assert errors_of(refused) == {"account": ["“Halden Freight” is archived. Restore it first, or choose another."]}
    assert FeedbackItem.objects.get(pk=item.pk).account is None


def test_a_link_leads_to_exactly_one_target(api, item, project, product):
    path = "/api/v1/feedback-links/"

    both = api.send("post", path, {"item": item.pk, "project": project.pk, "product": product.pk})
    none = api.send("post", path, {"item": item.pk})
    one = api.send("post", path, {"item": item.pk, "project": project.pk, "importance": "critical"})

    assert (both.status_code, none.status_code, one.status_code) == (400, 400, 201)
    changed = api.send("patch", f"{path}{one.json()['id']}/", {"importance": "nice"})
    assert changed.json()["importance"] == "nice"
    assert [row["id"] for row in api.get(f"{path}?project={project.pk}").json()["results"]] == [one.json()["id"]]
    assert api.send("delete", f"{path}{one.json()['id']}/").status_code == 204
    assert not FeedbackLink.objects.exists()


def test_items_are_found_by_words_product_and_project(api, said, project, product, bob):
    jam, _ = said("The printer jams", "Invoices are slow", product=product)
    api.send("post", "/api/v1/feedback-links/", {"item": jam.pk, "project": project.pk})

    assert [row["id"] for row in api.get(f"{ITEMS}?q=jams").json()["results"]] == [jam.pk]
    assert len(api.get(f"{ITEMS}?product={product.pk}").json()["results"]) == 2
    assert [row["id"] for row in api.get(f"{ITEMS}?project={project.pk}").json()["results"]] == [jam.pk]


def test_all_is_analyzed_anew_by_one_call_that_a_contributor_may_not_make(api, api_for, bob, acme, said):
    said("One", "Two")
    analyze_batch(organization_id=acme.pk, now=timezone.now())

    assert api.send("post", f"{ITEMS}reanalyze/", {}).json() == {"waiting": 0}
    assert api.send("post", f"{ITEMS}reanalyze/", {"everything": True}).json() == {"waiting": 2}
    assert api_for(bob, acme).send("post", f"{ITEMS}reanalyze/", {}).status_code == 403


@pytest.mark.parametrize("path", ["", "bulk/", "triage/"])
def test_a_viewer_sends_nothing(api_for, vera, acme, item, path):
    bodies = {
        "": {"text": "Hi"},
        "bulk/": {"items": [{"text": "Hi"}]},
        "triage/": {"items": [item.pk], "status": "done"},
    }

    assert api_for(vera, acme).send("post", f"{ITEMS}{path}", bodies[path]).status_code == 403


def test_arr_is_left_out_for_members_who_see_no_amounts(api_for, vera, acme, halden):
    api = api_for(vera, acme)
    assert api.get(f"/api/v1/customer-accounts/{halden.pk}/").json()["arr_amount"] == "84000.00"
    vera.memberships.update(sees_amounts=False)

    assert "arr_amount" not in api.get(f"/api/v1/customer-accounts/{halden.pk}/").json()


def test_characters_that_no_database_stores_stop_no_batch(api):
    rows = [{"text": "Fine."}, {"text": "A\x00 null\x07.", "title": "T\x00", "author_name": "Mar\x00ta"}]
    rows.append({"text": "Half \ud83d of an emoji."})

    answer = api.send("post", f"{ITEMS}bulk/", {"items": rows})

    assert answer.status_code == 200
    texts = [FeedbackItem.objects.get(pk=row["id"]).text for row in answer.json()["results"]]
    assert texts == ["Fine.", "A null.", "Half  of an emoji."]
    nothing = api.send("post", f"{ITEMS}bulk/", {"items": [{"text": "Fine."}, {"text": "\x00"}]})
    assert nothing.json()["errors"] == {"items": {"1": {"text": ["Nothing was said: the text is empty."]}}}


def test_a_caller_does_not_speak_for_channels_of_our_own(api):
    answer = api.send("post", ITEMS, {"text": "I am a portal.", "channel": "portal"})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["channel"]


def test_a_language_is_a_code_wherever_it_is_said(api, item):
    corrected = api.send("post", f"{ITEMS}{item.pk}/labels/", {"language": " PT-br "})
    wrong = api.send("post", f"{ITEMS}{item.pk}/labels/", {"language": "XX\u0007"})
    sent = api.send("post", ITEMS, {"text": "Labels drift.", "language": "German"})

    assert corrected.json()["language"] == "pt-br"
    for answer in (wrong, sent):
        assert answer.status_code == 400
        assert answer.json()["errors"] == {"language": ["Give the code of a language, such as en or pt-br."]}


def test_an_account_has_a_domain_that_mail_can_come_from(api_for, petra, acme):
    api, url = api_for(petra, acme), "/api/v1/customer-accounts/"

    wrong = api.send("post", url, {"name": "Ketch", "email_domain": "not a domain"})
    right = api.send("post", url, {"name": "Ketch", "email_domain": "@Ketch.example"})

    assert wrong.status_code == 400
    assert wrong.json()["errors"] == {"email_domain": ["Give a domain of e-mail addresses, such as halden.example."]}
    assert right.json()["email_domain"] == "ketch.example"
