"""The inbox and what is done in it; accounts; how feedback is handled."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from feedback.models import CustomerAccount, FeedbackItem, FeedbackLink, FeedbackPolicy
from feedback.services import analyze_batch, create_link, set_policy, triage_items
from projects.models import Project
from tests.filling import fill, sentences
from tests.rows import fresh


def test_the_inbox_shows_what_is_untriaged_and_the_first_item_beside_it(page, vera, item, said, bob, acme):
    (done,) = said("Dealt with.")
    triage_items(actor=bob, organization=acme, items=[done], status="done")

    html = page(vera).get(reverse("feedback:inbox")).content.decode()

    assert "Every third label comes out shifted." in html
    assert "warehouse lead" in html
    assert "Dealt with." not in html
    assert 'data-key="e"' not in html  # a viewer triages nothing


def test_an_empty_inbox_says_what_lands_there(page, alice, vera):
    assert "Add what a customer said" in page(alice).get(reverse("feedback:inbox")).content.decode()
    assert "Add what a customer said" not in page(vera).get(reverse("feedback:inbox")).content.decode()


def test_words_and_labels_narrow_the_list_and_htmx_gets_the_list_alone(page, bob, acme, said):
    said("The printer jams, this is awful!", "I love the new screen.")
    analyze_batch(organization_id=acme.pk, now=timezone.now())
    url = reverse("feedback:inbox")

    found = page(bob).get(url, {"q": "printer"}, headers={"HX-Request": "true"}).content.decode()
    happy = page(bob).get(url, {"sentiment": "positive"}).content.decode()
    nothing = page(bob).get(url, {"q": "submarine"}).content.decode()

    assert "printer" in found
    assert "love" not in found
    assert "<html" not in found
    assert "love" in happy
    assert "printer jams" not in happy
    assert "No items" in nothing


def test_done_goes_to_the_next_item_and_can_be_taken_back(page, bob, item, said):
    (second,) = said("And another thing.")
    browser = page(bob)

    done = browser.post(reverse("feedback:triage"), {"id": item.pk, "act": "done", "next": second.pk}, follow=True)

    assert done.redirect_chain[-1][0] == reverse("feedback:item-detail", args=[second.pk])
    assert "1 item done." in done.content.decode()
    assert fresh(item).status == "done"
    undo = next(str(m.extra_tags) for m in done.context["messages"])
    back = browser.post(undo.split()[0], follow=True)
    assert "1 item as before." in back.content.decode()
    assert fresh(item).status == "untriaged"


def test_many_are_triaged_at_once(page, bob, said):
    items = said("One", "Two", "Three")

    page(bob).post(reverse("feedback:triage"), {"id": [one.pk for one in items[:2]], "act": "mine"})

    assert [fresh(one).owner for one in items] == [bob, bob, None]


def test_triage_of_nothing_is_said_and_changes_nothing(page, bob, item):
    response = page(bob).post(reverse("feedback:triage"), {"act": "done"})

    assert response.status_code == 409
    assert "No feedback is chosen" in response.content.decode()


def test_feedback_is_added_by_form_and_what_was_typed_is_kept_when_it_is_refused(page, bob, halden):
    browser, url = page(bob), reverse("feedback:item-create")

    wrong = browser.post(url, {"text": "Labels drift.", "author_email": "nobody", "rating": "9"})
    right = browser.post(url, {"text": "Drift.", "author_email": "ola@halden.example", "said_date": "2026-01-05"})

    assert wrong.status_code == 422
    assert "Labels drift." in wrong.content.decode()
    assert "A rating is from 1 to 5." in wrong.content.decode()
    stored = FeedbackItem.objects.get()
    assert right.url == reverse("feedback:item-detail", args=[stored.pk])
    assert (stored.account, stored.channel, stored.said_at.date().isoformat()) == (halden, "form", "2026-01-05")


def test_a_source_may_be_typed_without_its_scheme(page, bob):
    browser, url = page(bob), reverse("feedback:item-create")

    assert 'type="url"' not in browser.get(url).content.decode()
    browser.post(url, {"text": "Drift.", "source_url": "shop.example/reviews/7"})

    assert FeedbackItem.objects.get().source_url == "https://shop.example/reviews/7"


def test_a_corrected_label_is_shown_as_such_and_given_back(page, bob, acme, said):
    (item,) = said("I love the new screen.")
    analyze_batch(organization_id=acme.pk, now=timezone.now())
    browser = page(bob)
    labels = {name: getattr(fresh(item), name) for name in ("kind", "urgency", "language")}

    browser.post(reverse("feedback:item-labels", args=[item.pk]), {**labels, "sentiment": "negative"})
    html = browser.get(reverse("feedback:item-detail", args=[item.pk])).content.decode()

    assert fresh(item).labels_by_person == ["sentiment"]
    assert "corrected" in html
    browser.post(reverse("feedback:item-release", args=[item.pk, "sentiment"]))
    assert fresh(item).sentiment == "positive"


def test_an_item_is_linked_to_a_project_and_the_link_taken_away(page, bob, item, project):
    browser, url = page(bob), reverse("feedback:item-link", args=[item.pk])

    browser.post(url, {"target": f"project-{project.pk}", "importance": "critical"})
    html = browser.get(reverse("feedback:item-detail", args=[item.pk])).content.decode()
    again = browser.post(url, {"target": f"project-{project.pk}", "importance": "nice"})

    link = FeedbackLink.objects.get()
    assert (link.project, link.importance, link.linked_by) == (project, "critical", bob)
    assert "Apollo" in html
    assert again.status_code == 422
    assert "This item is linked to that project already." in again.content.decode()
    browser.post(reverse("feedback:link-remove", args=[link.pk]))
    assert not FeedbackLink.objects.exists()


def test_a_duplicate_leaves_the_inbox_and_stands_with_the_item_it_repeats(page, bob, item, said):
    (again,) = said("Labels shifted again.")
    browser = page(bob)

    merged = browser.post(reverse("feedback:item-merge", args=[again.pk]), {"into": item.pk}, follow=True)

    assert fresh(again).duplicate_of == item
    assert "Said again by" in merged.content.decode()
    listed = browser.get(reverse("feedback:inbox"), headers={"HX-Request": "true"}).content.decode()
    assert "Labels shifted again." not in listed


def test_the_words_that_decided_are_marked_and_a_text_is_shown_as_text(page, vera, acme, said):
    (item,) = said("This is awful. <script>alert(1)</script>")
    analyze_batch(organization_id=acme.pk, now=timezone.now())

    html = page(vera).get(reverse("feedback:item-detail", args=[item.pk])).content.decode()

    assert '<mark class="neg">' in html
    assert "<script>alert" not in html


def test_a_long_text_is_cut_until_all_of_it_is_asked_for(page, vera, said):
    (item,) = said("word " * 5_000 + "end")
    url = reverse("feedback:item-detail", args=[item.pk])

    assert "Show all" in page(vera).get(url).content.decode()
    assert "word end" in page(vera).get(url, {"whole": "1"}).content.decode()


def test_an_archived_item_is_out_of_sight_and_restored(page, bob, item):
    browser = page(bob)

    browser.post(reverse("feedback:item-archive", args=[item.pk]), {"version": item.version})
    gone = browser.get(reverse("feedback:inbox"), {"status": "any"}).content.decode()
    browser.post(reverse("feedback:item-restore", args=[item.pk]))

    assert "Every third label" not in gone
    assert fresh(item).archived_at is None


def test_accounts_are_listed_with_what_they_pay_and_said(page, alice, halden, bob, acme, said):
    said("One", "Two", author_email="marta@halden.example")

    html = page(alice).get(reverse("feedback:account-list")).content.decode()

    assert "Halden Freight" in html
    assert "$84" in html
    assert f"account={halden.pk}" in html


def test_an_account_is_added_changed_archived_and_restored(page, petra, acme):
    browser = page(petra)

    browser.post(reverse("feedback:account-create"), {"name": "Ketch", "arr_amount": "1200", "currency": "USD"})
    ketch = CustomerAccount.objects.get()
    browser.post(reverse("feedback:account-edit", args=[ketch.pk]), {"name": "Ketch Retail", "version": ketch.version})
    ketch.refresh_from_db()
    assert (ketch.name, ketch.arr_amount) == ("Ketch Retail", None)
    browser.post(reverse("feedback:account-archive", args=[ketch.pk]))
    assert CustomerAccount.objects.get().is_archived
    browser.post(reverse("feedback:account-restore", args=[ketch.pk]))
    assert not CustomerAccount.objects.get().is_archived


def test_an_account_with_feedback_is_not_archived(page, petra, halden, item, bob, acme):
    FeedbackItem.objects.filter(pk=item.pk).update(account=halden)

    refused = page(petra).post(reverse("feedback:account-archive", args=[halden.pk]))

    assert refused.status_code == 409
    assert "still holds" in refused.content.decode()


def test_the_handling_of_feedback_is_for_leaders(page, alice, bob):
    url = reverse("feedback:policy")

    assert page(bob).get(url).status_code == 403
    page(alice).post(url, {"masks_personal_data": "on"})
    assert FeedbackPolicy.objects.get().masks_personal_data


@pytest.mark.parametrize("name", ["item-create", "item-edit", "item-link", "item-merge", "account-create", "policy"])
def test_a_viewer_gets_403_where_something_would_be_changed(page, vera, item, name):
    args = [item.pk] if name.startswith("item-") and name != "item-create" else []

    assert page(vera).get(reverse(f"feedback:{name}", args=args)).status_code == 403


def test_the_inbox_takes_as_few_statements_for_fifty_items_as_for_one(page, bob, item, said, halden, product):
    browser = page(bob)
    url = reverse("feedback:inbox")

    def statements() -> int:
        browser.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    one = statements()
    said(*[f"Text {number}" for number in range(49)], account=halden, product=product)

    assert statements() == one <= 17


def test_an_item_takes_as_few_statements_with_ten_links(page, bob, item, acme, program):
    url = reverse("feedback:item-detail", args=[item.pk])
    browser = page(bob)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url, headers={"HX-Request": "true"}).status_code == 200
        return len(captured)

    before = statements()
    for number in range(10):
        named = {"code": f"P{number}", "name": f"P{number}", "currency": "USD"}
        create_link(actor=bob, item=item, project=Project.objects.create(organization=acme, program=program, **named))

    assert statements() <= before + 1


def test_masking_is_said_beside_the_item(page, alice, acme, bob):
    set_policy(actor=alice, organization=acme, masks_personal_data=True)
    browser = page(bob)

    shown = browser.post(reverse("feedback:item-create"), {"text": "Write to ola@ketch.example, please."}, follow=True)

    assert "1 personal detail masked." in shown.content.decode()
    assert "ola@ketch.example" not in shown.content.decode()


def test_items_that_say_the_same_stand_below_an_item_the_likeliest_first(page, bob, said, product):
    asked, same, near, _ = said(
        "The label printer jams every day after lunch",
        "Every day after lunch the label printer jams",
        "Our printer prints labels that are shifted",
        "Invoices arrive late on Mondays",
    )
    browser = page(bob)

    html = browser.get(reverse("feedback:item-nearest", args=[asked.pk])).content.decode()
    offered = browser.get(reverse("feedback:item-merge", args=[asked.pk])).context["offered"]

    assert html.index("Every day after lunch") < html.index("Our printer prints")
    assert "Invoices" not in html
    assert [one.item for one in offered] == [same, near]
    assert offered[0].score > 0.9 > offered[1].score
    found = browser.get(reverse("feedback:item-merge", args=[asked.pk]), {"q": "invoices"})
    assert [one.item.compared for one in found.context["offered"]] == ["Invoices arrive late on Mondays"]


def test_items_of_a_product_are_near_by_what_they_mean_though_no_word_is_the_same(page, bob, said, product):
    asked, near, far = said(
        "The app crashes on startup", "It shuts down by itself whenever opened", "Lovely colors", product=product
    )

    html = page(bob).get(reverse("feedback:item-nearest", args=[asked.pk])).content.decode()

    assert "Lovely colors" not in html or html.index("It shuts down") < html.index("Lovely colors")


def test_the_nearest_take_as_few_statements_among_many_items(page, bob, item, said):
    browser, url = page(bob), reverse("feedback:item-nearest", args=[item.pk])

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    said("Every third label is shifted")
    few = statements()
    said(*[f"Label {number} comes out shifted" for number in range(60)])

    assert statements() == few


def test_who_sees_no_amounts_saves_an_account_on_its_page_as_over_rest(client, petra, halden):
    petra.memberships.update(sees_amounts=False)
    client.force_login(petra)

    answer = fill(client, reverse("feedback:account-edit", args=[halden.pk]), segment="Carriers")

    assert answer.status_code == 302
    halden.refresh_from_db()
    assert (halden.segment, halden.arr_amount) == ("Carriers", 84_000)


def test_an_arr_that_did_not_change_keeps_the_rate_of_its_day(client, alice, halden):
    CustomerAccount.objects.update(arr_reporting_amount=80_000, rate_date="2026-01-05")
    client.force_login(alice)

    fill(client, reverse("feedback:account-edit", args=[halden.pk]), segment="Carriers")

    halden.refresh_from_db()
    assert (halden.arr_reporting_amount, str(halden.rate_date)) == (80_000, "2026-01-05")


@pytest.mark.parametrize("path", ["feedback/undo/%00/", "feedback/%00/", "projects/undo/a%00b/"])
def test_an_address_with_a_null_character_leads_nowhere(client, bob, path):
    client.force_login(bob)

    assert client.post(f"/o/acme/{path}").status_code == 404


def test_addresses_for_everybody_with_a_null_character_lead_nowhere(client, portal):
    assert client.get("/portal/acme/atlas/stop/%00/").status_code == 404
    assert client.post("/hooks/feedback/1-%00/", {}, content_type="application/json").status_code == 404


def test_labels_that_nobody_changed_are_not_said_to_be_corrected(client, bob, vera, item):
    url = reverse("feedback:item-labels", args=[item.pk])
    client.force_login(bob)
    assert sentences(client.post(url, {})) == ["Nothing was changed."]
    client.force_login(vera)
    assert client.post(url, {}).status_code == 403


def test_all_of_a_long_text_is_of_the_item_that_is_shown(client, bob, said):
    long, _short = said("word " * 5_000, "Short")
    client.force_login(bob)

    html = client.get(reverse("feedback:item-detail", args=[long.pk]), {"sentiment": "negative"}).content.decode()

    assert f'href="{reverse("feedback:item-detail", args=[long.pk])}?sentiment=negative&amp;whole=1"' in html


def test_the_pager_of_a_whole_page_takes_its_main_part_alone(client, bob, project, item):
    rows = [FeedbackItem(organization=item.organization, text=f"No. {n}", said_at=item.said_at) for n in range(60)]
    FeedbackItem.objects.bulk_create(rows)
    FeedbackLink.objects.bulk_create(
        FeedbackLink(organization=item.organization, item=row, project=project) for row in rows
    )
    client.force_login(bob)

    html = client.get(reverse("feedback:project-voices", args=[project.pk])).content.decode()

    assert html.count('hx-target="#main" hx-select="#main"') == 2
