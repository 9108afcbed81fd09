"""How far people and the analyser agree is told from blind checks alone; who stands behind a project, with ARR."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from feedback.models import Analysis, FeedbackItem, LabelReview
from feedback.selectors.agreement import agreements
from feedback.selectors.behind import arr_behind
from feedback.selectors.voices import backing, links_to
from feedback.services import analyze_batch, correct_labels, create_account, create_link, triage_items


@pytest.fixture
def analyzed(acme, said, product):
    """Three items with what the analyser says of their sentiment."""
    texts = ("I love the new screen!", "The printer jams again, this is awful.", "It is awful and slow and broken.")
    items = said(*texts, product=product)
    analyze_batch(organization_id=acme.pk, now=timezone.now())
    return [FeedbackItem.objects.get(pk=item.pk) for item in items]


def test_blind_checks_count_and_corrections_on_sight_are_told_apart(acme, bob, analyzed):
    first, second, third = analyzed
    correct_labels(actor=bob, item=first, values={"sentiment": first.sentiment}, is_blind=True)
    correct_labels(actor=bob, item=second, values={"sentiment": "neutral"}, is_blind=True)
    correct_labels(actor=bob, item=third, values={"sentiment": "positive"})

    sentiment = next(one for one in agreements(acme.pk) if one.label == "sentiment")

    assert (sentiment.overall.count, sentiment.overall.share, sentiment.corrected) == (2, 0.5, 1)
    assert sentiment.overall.share_interval.low < 0.5 < sentiment.overall.share_interval.high
    assert [found.count for _, found in sentiment.months] == [2]


def test_over_rest_agreement_is_told_label_by_label(api, acme, bob, analyzed):
    correct_labels(actor=bob, item=analyzed[0], values={"sentiment": analyzed[0].sentiment}, is_blind=True)

    found = {row["label"]: row for row in api.get("/api/v1/feedback-agreement/").json()["results"]}

    assert found["sentiment"]["count"] == 1
    assert found["sentiment"]["share_ratio"] == 1
    assert found["sentiment"]["months"][0]["count"] == 1
    assert found["urgency"]["share_ratio"] is found["urgency"]["share_interval"] is None


def test_over_rest_leaders_say_whether_personal_data_is_masked(api_for, acme, alice, bob, said):
    path = "/api/v1/feedback-policy/"
    leader = api_for(alice, acme)
    assert leader.get(path).json() == {"masks_personal_data": False}

    assert leader.send("patch", path, {"masks_personal_data": True}).json() == {"masks_personal_data": True}
    assert api_for(bob, acme).send("patch", path, {"masks_personal_data": False}).status_code == 403
    assert leader.send("patch", path, {"masks": True}).status_code == 400
    assert leader.get(path).json() == {"masks_personal_data": True}
    (item,) = said("Write to nora@acme.example")
    assert "nora@acme.example" not in item.text


def test_one_command_lets_everything_be_read_anew_and_may_be_run_again(acme, analyzed, capsys):
    Analysis.objects.filter(item=analyzed[0]).update(analyzer_version="an older one")

    call_command("reanalyze", "--organization", acme.slug)
    call_command("reanalyze", "--organization", acme.slug)
    assert "1 item waits" in capsys.readouterr().out.splitlines()[0]
    assert FeedbackItem.objects.get(analysis_state="waiting").pk == analyzed[0].pk

    call_command("reanalyze", "--everything")
    assert FeedbackItem.objects.filter(analysis_state="waiting").count() == 3
    with pytest.raises(CommandError, match="no organization"):
        call_command("reanalyze", "--organization", "nowhere")


def test_an_item_is_checked_on_its_page_without_its_labels_and_then_stands_in_the_table(client, bob, acme, analyzed):
    client.force_login(bob)
    url = reverse("feedback:agreement-check")

    page = client.get(url)
    item = page.context["item"]
    assert item.text in page.content.decode()
    assert "senti " not in page.content.decode()
    wrong = client.post(url, {"item": item.pk, "sentiment": "", "urgency": "normal"})
    assert wrong.status_code == 422
    assert wrong.context["item"] == item
    client.post(url, {"item": item.pk, "sentiment": "neutral", "kind": "", "urgency": "normal"})

    assert LabelReview.objects.filter(item=item, is_blind=True).count() == 3
    assert FeedbackItem.objects.get(pk=item.pk).sentiment == "neutral"
    assert "Sentiment" in client.get(reverse("feedback:agreement")).content.decode()


def test_nothing_is_left_to_check_once_people_have_labeled_all(client, bob, acme, analyzed):
    for item in analyzed:
        correct_labels(actor=bob, item=item, values={"sentiment": "neutral"}, is_blind=True)
    client.force_login(bob)

    assert "nothing left to check" in client.get(reverse("feedback:agreement-check")).content.decode()


def test_a_viewer_reads_the_agreement_and_checks_nothing(client, vera, analyzed):
    client.force_login(vera)

    assert client.get(reverse("feedback:agreement")).status_code == 200
    assert client.get(reverse("feedback:agreement-check")).status_code == 403


def test_an_account_counts_once_behind_a_project_however_much_it_said(acme, alice, bob, said, project, halden, client):
    other = create_account(actor=alice, organization=acme, name="Ketch", arr_amount=Decimal(16_000))
    items = [*said("One", "Two", account=halden), *said("Three", account=other), *said("Nobody knows me")]
    for item, importance in zip(items, ("critical", "nice", "critical", "nice"), strict=True):
        create_link(actor=bob, item=item, project=project, importance=importance)

    found = backing(links_to("project", project.pk))
    client.force_login(bob)
    html = client.get(reverse("feedback:project-voices", args=[project.pk])).content.decode()

    assert (found.item_count, found.account_count, found.arr) == (4, 2, Decimal(100_000))
    assert found.by_importance == [("Critical", 2), ("Nice to have", 2)]
    assert "$100k a year together" in html
    triage_items(actor=bob, organization=acme, items=[items[2]], status="not_feedback")
    found = backing(links_to("project", project.pk))
    assert (found.item_count, found.account_count, found.arr) == (3, 1, Decimal(84_000))
    assert arr_behind("project", [project.pk]) == {project.pk: Decimal(84_000)}


def test_a_member_who_sees_no_amounts_sees_the_voices_without_what_they_pay(client, vera, bob, said, project, halden):
    (item,) = said("One", account=halden)
    create_link(actor=bob, item=item, project=project)
    vera.memberships.update(sees_amounts=False)
    client.force_login(vera)

    html = client.get(reverse("feedback:project-voices", args=[project.pk])).content.decode()

    assert "Halden Freight" in html
    assert "$84" not in html
    assert "ARR" not in html
