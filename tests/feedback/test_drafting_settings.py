"""Who may set up the model that writes drafts, what it may cost, and when it is not asked."""

import json
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from core.errors import Conflict, FieldErrors, NotAllowed
from core.tenancy import organization_scope
from events.models import Event, Job
from events.services import claim_job, run_job
from feedback.models import DraftingCall, DraftingEndpoint, UserStory
from feedback.selectors.drafting import month_of_drafting
from feedback.services import draft_story, set_endpoint, try_endpoint
from feedback.services.drafting_calls import Asking, NotDrafted
from tests.feedback.chat_server import ONE, chat_server, said

FIELDS = {
    "base_url": "https://api.example.com/v1", "model": "small-1", "currency": "USD", "input_price_amount": "2",
    "output_price_amount": "8", "cap_amount": "5", "timeout_seconds": "10",
}  # fmt: skip


def asking(endpoint, text="Please add an export.", **more):
    return Asking(endpoint, (text,), None, lambda: None, **more)


def test_a_call_that_might_pass_the_cap_is_not_made_and_the_story_says_so(acme, bob, asked, endpoint, chat, work):
    DraftingEndpoint.objects.update(cap_amount=Decimal("0.01"))
    story = draft_story(actor=bob, organization=acme, items=asked)

    work()

    story = UserStory.objects.get(pk=story.pk)
    assert chat.received == []
    assert story.origin == "rules"
    assert "would pass the cap of 0.01 USD for this month" in story.drafting_note
    assert DraftingCall.objects.count() == 0


def test_what_was_spent_this_month_counts_and_what_was_spent_before_does_not(acme, endpoint, chat):
    chat.answer(said(ONE))
    row = DraftingCall.objects.create(
        organization=acme, model="small-1", prompt_version="1", currency="USD", cost_amount=Decimal("4.99")
    )
    with pytest.raises(NotDrafted, match="cap"):
        asking(endpoint).answered()

    DraftingCall.objects.filter(pk=row.pk).update(created_at=timezone.now().replace(day=1) - timedelta(days=2))
    DraftingCall.objects.create(
        organization=acme, model="small-1", prompt_version="1", currency="JPY", cost_amount=Decimal(9_000)
    )
    assert month_of_drafting(endpoint, timezone.now()).spent == 0

    assert asking(endpoint).answered()[0].goal.text == ONE["goal"]["text"]


def test_what_a_call_may_cost_is_no_less_than_what_it_costs_and_is_settled_after_it(endpoint, chat):
    held = []

    def looks(request):
        held.append(request)
        return said(ONE, (700, 1_900))

    chat.answer(looks)

    _written, call = asking(endpoint).answered()

    assert call.cost_amount == Decimal("0.016600")  # 700 tokens at 2, 1,900 at 8 dollars a million
    assert month_of_drafting(endpoint, timezone.now()).spent == call.cost_amount


@pytest.mark.django_db(transaction=True)
def test_calls_at_the_same_time_do_not_pass_the_cap_together(acme, endpoint, chat):
    chat.answer(said(ONE))
    chat.delay = 1
    asking(endpoint, "first").answered()
    most = DraftingEndpoint.objects.get().cost(9_000, 4_000)
    DraftingEndpoint.objects.update(cap_amount=most.quantize(Decimal("0.01")) + Decimal("0.02"))
    chat.received.clear()
    outcomes = []

    def ask(number):
        try:
            with organization_scope(acme.pk):
                asking(endpoint, f"text {number}").answered()
            outcomes.append("answered")
        except NotDrafted as refusal:
            outcomes.append("cap" if "cap" in str(refusal) else str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["answered", "cap", "cap", "cap"]
    assert len(chat.received) == 1


def test_after_three_failures_the_rules_draft_for_ten_minutes_then_one_call_asks_again(endpoint, chat):
    chat.answer((401, {}, {}))
    for number in range(3):
        with pytest.raises(NotDrafted, match="401"):
            asking(endpoint, f"text {number}").answered()
    chat.received.clear()

    with pytest.raises(NotDrafted, match="failed 3 times in a row"):
        asking(endpoint, "text 4").answered()
    assert chat.received == []
    row = DraftingEndpoint.objects.get()
    assert timedelta(minutes=9) < row.broken_until - timezone.now() <= timedelta(minutes=10)

    DraftingEndpoint.objects.update(broken_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotDrafted, match="401"):
        asking(endpoint, "text 5").answered()
    with pytest.raises(NotDrafted, match="failed 4 times in a row"):
        asking(endpoint, "text 6").answered()
    assert len(chat.received) == 1

    DraftingEndpoint.objects.update(broken_until=timezone.now() - timedelta(seconds=1))
    chat.answer(said(ONE))
    asking(endpoint, "text 7").answered()
    row = DraftingEndpoint.objects.get()
    assert (row.failure_count, row.broken_until, row.last_failure) == (0, None, "")


def test_while_one_call_asks_whether_it_works_again_others_are_spared(endpoint, chat, monkeypatch):
    monkeypatch.setattr("feedback.services.drafting_calls.HEARD_EVERY", 0.05)
    DraftingEndpoint.objects.update(failure_count=3, broken_until=timezone.now() - timedelta(seconds=1))
    chat.answer(said(ONE))
    chat.delay = 0.5
    spared = []

    def meanwhile():
        if not spared:
            with pytest.raises(NotDrafted, match="in a row"):
                asking(endpoint, "another text").answered()
            spared.append(True)

    Asking(endpoint, ("Please add an export.",), None, meanwhile).answered()

    assert spared == [True]
    assert len(chat.received) == 1


def test_a_trial_is_asked_although_it_is_turned_off_or_failed_before(acme, alice, endpoint, chat):
    DraftingEndpoint.objects.update(
        is_active=False, failure_count=5, broken_until=timezone.now() + timedelta(minutes=5)
    )

    try_endpoint(actor=alice, endpoint=endpoint)
    run_job(claim_job(acme.pk, "delivery"))

    assert Job.objects.get(kind="feedback.try_drafting").status == "done"
    trial = month_of_drafting(DraftingEndpoint.objects.get(), timezone.now()).trial
    assert (trial.outcome, trial.cost_amount) == ("answered", endpoint.cost(400, 100))
    assert DraftingEndpoint.objects.get().broken_until is None


def test_a_private_address_is_asked_only_where_the_server_allows_it(acme, alice, chat, settings):
    settings.DRAFTING_PRIVATE_HOSTS = []
    fields = {"model": "small-1", "timeout_seconds": 5}
    for address in ("http://127.0.0.1:11434/v1", "https://127.0.0.1/v1", "https://[::1]/v1", "http://api.example.com"):
        with pytest.raises(FieldErrors, match="DRAFTING_PRIVATE_HOSTS"):
            set_endpoint(actor=alice, organization=acme, base_url=address, **fields)

    settings.DRAFTING_PRIVATE_HOSTS = ["127.0.0.1"]
    endpoint = set_endpoint(actor=alice, organization=acme, base_url=chat.url, is_active=True, **fields)
    settings.DRAFTING_PRIVATE_HOSTS = []
    with pytest.raises(NotDrafted, match="no public address"):
        asking(endpoint).answered()
    assert chat.received == []


@pytest.mark.parametrize(
    "address",
    ["api.example.com", "ftp://api.example.com", "https://", "https://me:you@api.example.com/v1",
     "https://api.example.com/v1?key=1", "https://api.example.com:99999/", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address_is_refused(acme, alice, address):
    with pytest.raises(FieldErrors, match="address such as"):
        set_endpoint(actor=alice, organization=acme, base_url=address, model="m")


def test_it_is_not_turned_on_without_an_address_and_a_model(client, alice):
    client.force_login(alice)

    page = client.post(reverse("feedback:drafting"), {**FIELDS, "model": "", "is_active": "on"})

    assert page.status_code == 422
    assert "Say the address and the model" in page.content.decode()


def test_a_key_is_not_taken_along_to_another_address(acme, alice):
    row = set_endpoint(actor=alice, organization=acme, base_url="https://a.example/v1", model="m", api_key="sk-1")

    with pytest.raises(FieldErrors, match="type the key again"):
        set_endpoint(actor=alice, organization=acme, base_url="https://b.example/v1")
    assert DraftingEndpoint.objects.get().base_url == "https://a.example/v1"
    moved = set_endpoint(actor=alice, organization=acme, base_url="https://a.example/v2")
    assert moved.sealed_key == row.sealed_key
    assert set_endpoint(actor=alice, organization=acme, base_url="https://b.example", forgets_key=True).sealed_key == ""


def test_what_is_asked_while_the_endpoint_is_moved_goes_to_the_new_one_with_its_own_key(acme, alice, endpoint, chat):
    chat.answer(said(ONE))
    before = asking(endpoint)
    with chat_server() as elsewhere:
        elsewhere.answer(said(ONE))
        set_endpoint(actor=alice, organization=acme, base_url=elsewhere.url, model="other-2", api_key="sk-of-the-other")
        _written, call = before.answered()

        assert chat.received == []
        assert elsewhere.headers[0]["Authorization"] == "Bearer sk-of-the-other"
        assert "very-secret" not in elsewhere.texts()
    assert (call.model, call.asked) == ("other-2", asking(DraftingEndpoint.objects.get()).asked)


def test_a_manager_sets_it_up_on_its_page_and_the_key_is_never_shown(client, alice):
    client.force_login(alice)
    url = reverse("feedback:drafting")

    client.post(url, {**FIELDS, "api_key": "sk-very-secret", "is_active": "on"})
    row = DraftingEndpoint.objects.get()
    page = client.get(url).content.decode()
    client.post(url, {**FIELDS, "api_key": "", "is_active": "on", "version": row.version})

    assert "never shown" in page
    assert "sk-very-secret" not in page
    assert row.sealed_key not in page
    assert DraftingEndpoint.objects.get().sealed_key == row.sealed_key
    told = json.dumps(list(Event.objects.filter(kind="drafting_endpoint.updated").values_list("changes", flat=True)))
    assert '"api_key": ["as before", "a new one"]' in told
    assert "very-secret" not in told
    assert row.sealed_key not in told
    for address in (reverse("events:audit-list"), reverse("feedback:inbox")):
        assert "very-secret" not in client.get(address).content.decode()


def test_a_stale_form_is_refused_and_keeps_what_was_typed(client, alice):
    client.force_login(alice)
    url = reverse("feedback:drafting")
    client.post(url, FIELDS)
    seen = DraftingEndpoint.objects.get().version
    client.post(url, {**FIELDS, "cap_amount": "50", "version": seen})

    page = client.post(url, {**FIELDS, "cap_amount": "9", "version": seen})

    assert page.status_code == 409
    assert DraftingEndpoint.objects.get().cap_amount == 50


def test_the_page_tells_what_the_month_has_cost_and_that_the_rules_draft(client, acme, alice, endpoint, chat):
    client.force_login(alice)
    chat.answer((401, {}, {}))
    for number in range(3):
        with pytest.raises(NotDrafted):
            asking(endpoint, f"text {number}").answered()
    DraftingCall.objects.create(
        organization=acme, model="small-1", prompt_version="1", currency="USD", cost_amount=Decimal("1.25"),
        outcome="answered", input_token_count=12_345,
    )  # fmt: skip

    page = client.get(reverse("feedback:drafting")).content.decode()

    assert "1.2500" in page
    assert "of at most 5.00 USD" in page
    assert "12,345 sent" in page
    assert "The rules draft until" in page
    assert "does not take the key (401)" in page


def test_try_it_is_done_by_a_worker_and_tells_time_tokens_and_cost(client, acme, alice, endpoint, chat):
    client.force_login(alice)

    waiting = client.post(reverse("feedback:drafting-try"), follow=True).content.decode()
    assert chat.received == []
    run_job(claim_job(acme.pk, "delivery"))
    month = client.get(reverse("feedback:drafting"), headers={"HX-Request": "true"}).content.decode()

    assert "portolan:job-ended" in waiting
    assert "400 tokens sent and 100 received" in month
    assert "0.0016 USD" in month
    assert "<html" not in month


def test_a_failed_trial_says_why(client, acme, alice, endpoint, chat):
    client.force_login(alice)
    chat.answer((404, {}, {}))

    client.post(reverse("feedback:drafting-try"))
    run_job(claim_job(acme.pk, "delivery"))

    assert "knows no such model or address (404)" in client.get(reverse("feedback:drafting")).content.decode()


def test_contributors_and_viewers_set_up_nothing_and_strangers_find_nothing(
    client, acme, bob, vera, charlie, endpoint, chat
):
    with pytest.raises(NotAllowed):
        set_endpoint(actor=bob, organization=acme, model="mine")
    with pytest.raises(NotAllowed):
        try_endpoint(actor=bob, endpoint=endpoint)
    for person in (bob, vera):
        client.force_login(person)
        assert client.get(reverse("feedback:drafting")).status_code == 403
        assert client.post(reverse("feedback:drafting"), FIELDS).status_code == 403
        assert client.post(reverse("feedback:drafting-try")).status_code == 403
    client.force_login(charlie)
    assert client.get(reverse("feedback:drafting")).status_code == 404
    assert Job.objects.count() == 0


def test_without_an_address_nothing_is_tried(acme, alice):
    row = set_endpoint(actor=alice, organization=acme)

    with pytest.raises(Conflict, match="address and the model first"):
        try_endpoint(actor=alice, endpoint=row)


def test_only_sealed_keys_of_this_server_are_read(endpoint, chat):
    DraftingEndpoint.objects.update(sealed_key="no such seal")
    endpoint = DraftingEndpoint.objects.get()

    with pytest.raises(NotDrafted, match="cannot be read"):
        asking(endpoint).answered()
    assert chat.received == []
    assert DraftingCall.objects.count() == 0


def test_over_rest_it_is_set_up_by_managers_and_the_key_is_not_told(api, api_for, acme, bob, chat):
    path, fields = "/api/v1/drafting-endpoint/", {"base_url": chat.url, "model": "small-1", "cap_amount": "2.50"}

    before = api.get(path)
    answer = api.send("patch", path, {**fields, "api_key": "sk-very-secret", "is_active": True})
    wrong = api.send("patch", path, {"base_url": "https://other.example/v1"})

    assert before.json()["is_active"] is False
    assert answer.status_code == 200
    assert answer.json()["has_key"] is True
    assert answer.json()["spent_amount"] == "0.000000"
    assert "very-secret" not in answer.content.decode()
    assert "api_key" in wrong.content.decode()
    assert wrong.status_code == 400
    assert api_for(bob, acme).get(path).status_code == 403
    assert api_for(bob, acme).send("patch", path, fields).status_code == 403
    assert api.send("patch", path, {"currency": "dollars"}).status_code == 400
