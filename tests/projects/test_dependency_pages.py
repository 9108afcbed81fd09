"""Pages of dependencies: the list, the form with what it moves, bulk changes, the map, undo."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from projects import services
from projects.models import Activity, Dependency


@pytest.fixture
def site(acme, program, petra):
    return services.create_project(actor=petra, organization=acme, program=program, name="Beacon", code="BEACON")


@pytest.fixture
def chain(petra, project, site):
    """Design from 4 to 8 May 2026 and Build from the 11th to the 13th in Apollo, Launch on the 18th in Beacon."""
    spans = {"Design": (4, 8, project), "Build": (11, 13, project), "Launch": (18, 18, site)}
    return [
        services.create_activity(
            actor=petra,
            project=home,
            name=name,
            kind="milestone" if name == "Launch" else "task",
            planned_start_date=datetime.date(2026, 5, first),
            planned_finish_date=datetime.date(2026, 5, last),
        )
        for name, (first, last, home) in spans.items()
    ]


@pytest.fixture
def linked(petra, chain):
    return services.create_dependency(actor=petra, predecessor=chain[1], successor=chain[2], owner=petra)


def filled(chain, **more):
    return {
        "predecessor": f"Design, of Apollo #{chain[0].pk}",
        "successor": f"Build, of Apollo #{chain[1].pk}",
        "link_type": "fs",
        "lag": "5d",
        "slip_policy": "consume",
        **more,
    }


def url(name, *args):
    return reverse(name, args=args)


@pytest.fixture
def page(client, petra):
    client.force_login(petra)
    return client


def test_the_list_names_both_ends_with_their_dates(page, linked):
    text = page.get(url("projects:dependency-list")).content.decode()

    assert "Build" in text
    assert "Launch" in text
    assert "Beacon" in text


def test_an_empty_list_says_what_a_dependency_is(page, acme):
    assert "No dependencies yet" in page.get(url("projects:dependency-list")).content.decode()


def test_the_preview_says_what_saving_moves_before_it_is_saved(page, chain, linked):
    text = page.post(url("projects:dependency-preview"), filled(chain)).content.decode()

    assert "Pushes Launch +2\u00a0d" in text
    assert 'name="expected_plan"' in text
    assert Dependency.objects.count() == 1


def test_the_preview_of_half_a_form_asks_for_the_rest(page, chain):
    text = page.post(url("projects:dependency-preview"), {"predecessor": "", "successor": ""}).content.decode()

    assert "Choose the two activities" in text


def test_a_loop_is_drawn_in_order_with_ways_out_and_blocks_saving(page, chain, petra):
    first = services.create_dependency(actor=petra, predecessor=chain[0], successor=chain[1])
    body = filled(chain, predecessor=f"#{chain[1].pk}", successor=f"#{chain[0].pk}", lag="0")

    text = page.post(url("projects:dependency-preview"), body).content.decode()

    assert "it makes a loop" in text
    assert "data-blocked" in text
    assert f"/dependencies/{first.pk}/edit/" in text
    assert page.post(url("projects:dependency-create"), body).status_code == 409


def test_saving_moves_dates_and_undo_takes_all_of_it_back(page, chain):
    saved = page.post(url("projects:dependency-create"), filled(chain), follow=True)
    assert "Added dependency" in saved.content.decode()
    assert Activity.objects.get(name="Build").planned_start_date == datetime.date(2026, 5, 18)

    undo = next(message.extra_tags for message in saved.context["messages"] if message.extra_tags)
    page.post(undo)

    assert Activity.objects.get(name="Build").planned_start_date == datetime.date(2026, 5, 11)
    assert Dependency.objects.get().is_archived


def test_saving_without_a_change_offers_no_undo_of_what_somebody_did_before(page, chain):
    page.post(url("projects:dependency-create"), filled(chain), follow=True)
    link = Dependency.objects.get()

    same = page.post(url("projects:dependency-edit", link.pk), {**filled(chain), "version": link.version}, follow=True)

    assert [message.extra_tags for message in same.context["messages"]] == [""]
    link.refresh_from_db()
    assert link.version == 1


def test_saving_what_was_seen_is_refused_once_the_plan_has_changed(page, chain, alice):
    seen = page.post(url("projects:dependency-preview"), filled(chain)).content.decode()
    token = seen.split('name="expected_plan" value="')[1].split('"')[0]
    services.update_activity(
        actor=alice, activity=Activity.objects.get(name="Build"), planned_finish_date=datetime.date(2026, 5, 14)
    )

    refused = page.post(url("projects:dependency-create"), filled(chain, expected_plan=token))

    assert refused.status_code == 409
    assert "Alice changed activity Build" in refused.content.decode()
    assert "5d" in refused.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("lag", "soon", "is no lag"),
        ("predecessor", "Nowhere", "There is no such activity"),
        ("successor", "#1", "There is no such activity"),
    ],
)
def test_nonsense_is_refused_at_its_field_and_kept(page, chain, field, value, sentence):
    answer = page.post(url("projects:dependency-create"), filled(chain, **{field: value}))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert value in answer.content.decode()


def test_an_activity_is_found_by_words_of_its_name_and_its_project(page, chain):
    text = page.get(url("projects:activity-find"), {"predecessor": "desi apol"}).content.decode()

    assert f"Design, of Apollo #{chain[0].pk}" in text
    assert "Launch" not in text
    assert "the whole project" in page.get(url("projects:activity-find"), {"q": "beacon"}).content.decode()


def test_a_dependency_is_changed_removed_and_brought_back(page, linked):
    form = page.get(url("projects:dependency-edit", linked.pk)).context["form"]
    body = {name: form[name].value() for name in form.fields} | {"lag": "1d", "note": "Agreed.", "agreed_with": ""}
    page.post(url("projects:dependency-edit", linked.pk), body)
    changed = Dependency.objects.get()
    assert (changed.lag_minutes, changed.note) == (Decimal(480), "Agreed.")

    page.post(url("projects:dependency-archive", linked.pk))
    assert Dependency.objects.get().is_archived
    page.post(url("projects:dependency-restore", linked.pk))
    assert not Dependency.objects.get().is_archived


def test_several_are_changed_at_once(page, linked, petra, chain, alice):
    other = services.create_dependency(actor=petra, predecessor=chain[0], successor=chain[2])
    query = f"?id={linked.pk}&id={other.pk}"

    page.post(url("projects:dependency-bulk", "owner") + query, {"owner": alice.pk})
    page.post(url("projects:dependency-bulk", "policy") + query, {"slip_policy": "none"})

    assert set(Dependency.objects.values_list("owner", "slip_policy")) == {(alice.pk, "none")}
    page.post(url("projects:dependency-bulk", "archive") + query)
    assert not Dependency.objects.live().exists()


def test_a_lag_and_a_type_of_several_at_once_move_what_waits(page, linked, petra, chain):
    other = services.create_dependency(actor=petra, predecessor=chain[0], successor=chain[2])
    query = f"?id={linked.pk}&id={other.pk}"

    page.post(url("projects:dependency-bulk", "lag") + query, {"lag": "5d"})
    assert set(Dependency.objects.values_list("lag_unit", "lag_minutes")) == {("working", Decimal(2400))}
    assert Activity.objects.get(pk=chain[2].pk).planned_start_date == datetime.date(2026, 5, 20)

    page.post(url("projects:dependency-bulk", "type") + query, {"link_type": "ss"})
    assert set(Dependency.objects.values_list("link_type", flat=True)) == {"ss"}


def test_a_change_to_several_shows_what_all_of_it_moves_before_it_is_saved_and_is_undone_in_one(
    page, linked, petra, chain
):
    other = services.create_dependency(actor=petra, predecessor=chain[0], successor=chain[1])
    query, said = f"?id={linked.pk}&id={other.pk}", {"lag": "5d"}

    form = page.get(url("projects:dependency-bulk", "lag") + query)
    shown = page.post(form.context["preview_url"], said).content.decode()
    token = shown.split('name="expected_plan" value="')[1].split('"')[0]
    saved = page.post(url("projects:dependency-bulk", "lag") + query, {**said, "expected_plan": token}, follow=True)

    assert "Pushes Launch +9\u00a0d" in shown
    assert Activity.objects.get(name="Launch").planned_start_date == datetime.date(2026, 5, 27)

    undo = next(message.extra_tags for message in saved.context["messages"] if message.extra_tags)
    back = page.post(undo, follow=True)

    assert "and what was changed with it are as they were before" in back.content.decode()
    assert Activity.objects.get(name="Launch").planned_start_date == datetime.date(2026, 5, 18)
    assert set(Dependency.objects.values_list("lag_minutes", flat=True)) == {Decimal(0)}


def test_a_change_to_several_is_refused_once_the_plan_has_changed(page, linked, chain, alice):
    address, query = url("projects:dependency-bulk", "lag"), f"?id={linked.pk}"
    shown = page.post(url("projects:dependency-bulk-preview", "lag") + query, {"lag": "5d"}).content.decode()
    token = shown.split('name="expected_plan" value="')[1].split('"')[0]
    services.update_activity(actor=alice, activity=chain[1], planned_finish_date=datetime.date(2026, 5, 14))

    refused = page.post(address + query, {"lag": "5d", "expected_plan": token})

    assert refused.status_code == 409
    assert "Alice changed activity Build" in refused.content.decode()
    assert Dependency.objects.get().lag_minutes == 0


def test_the_preview_of_several_draws_the_loop_they_close_and_asks_again_for_what_it_cannot_read(page, petra, chain):
    soft = [
        services.create_dependency(actor=petra, predecessor=chain[one], successor=chain[1 - one], slip_policy="none")
        for one in (0, 1)
    ]
    query = f"?id={soft[0].pk}&id={soft[1].pk}"

    loop = page.post(url("projects:dependency-bulk-preview", "policy") + query, {"slip_policy": "move"})
    unread = page.post(url("projects:dependency-bulk-preview", "lag") + query, {"lag": "soon"})
    gone = page.post(url("projects:dependency-bulk-preview", "archive") + query)

    assert "it makes a loop" in loop.content.decode()
    assert "Swap the two" not in loop.content.decode()
    assert "is no lag" in unread.content.decode()
    assert "Moves nothing" in gone.content.decode()
    assert page.post(url("projects:dependency-bulk-preview", "nothing") + query).status_code == 404


def test_the_preview_of_several_costs_the_same_for_many(page, linked, petra, project, django_assert_max_num_queries):
    rows = [
        Activity.objects.create(organization_id=project.organization_id, project=project, name=f"A{n}", currency="USD")
        for n in range(30)
    ]
    made = [
        Dependency.objects.create(organization_id=project.organization_id, predecessor=one, successor=other)
        for one, other in zip(rows, rows[1:], strict=False)
    ]
    query = "?" + "&".join(f"id={one.pk}" for one in made)

    with django_assert_max_num_queries(16):
        page.post(url("projects:dependency-bulk-preview", "lag") + query, {"lag": "5d"})


def test_a_lag_that_cannot_be_read_changes_none_of_several(page, linked):
    answer = page.post(url("projects:dependency-bulk", "lag") + f"?id={linked.pk}", {"lag": "soon"})

    assert answer.context["form"].errors["lag"]
    assert Dependency.objects.get().lag_minutes == 0


def test_the_map_draws_who_waits_for_whom_and_says_it_as_a_table(page, linked, project, site):
    text = page.get(url("projects:dependency-map")).content.decode()

    assert text.count('<rect class="node"') == 2
    assert "Beacon waits for Apollo: 1 dependency" in text


def test_the_list_is_narrowed_and_exported(page, linked, petra, chain):
    services.create_dependency(actor=petra, predecessor=chain[0], successor=chain[1])
    listed = url("projects:dependency-list")

    assert page.get(listed, {"crossing": "1"}).context["page"].paginator.count == 1
    assert page.get(listed, {"q": "design"}).context["page"].paginator.count == 1
    assert page.get(listed, {"late": "1"}).context["page"].paginator.count == 2
    assert "Launch" in b"".join(page.get(listed, {"format": "csv"})).decode()


def test_a_viewer_reads_and_does_not_change(client, vera, linked):
    client.force_login(vera)

    assert "New dependency" not in client.get(url("projects:dependency-list")).content.decode()
    assert client.get(url("projects:dependency-create")).status_code == 403
    assert client.post(url("projects:dependency-archive", linked.pk)).status_code == 403
    assert client.post(url("projects:dependency-preview"), {}).status_code == 403
    assert client.post(url("projects:dependency-bulk-preview", "lag") + f"?id={linked.pk}").status_code == 403


def test_the_list_costs_the_same_for_many(page, linked, petra, project, django_assert_max_num_queries):
    rows = [
        Activity.objects.create(organization_id=project.organization_id, project=project, name=f"A{n}", currency="USD")
        for n in range(30)
    ]
    for one, other in zip(rows, rows[1:], strict=False):
        Dependency.objects.create(organization_id=project.organization_id, predecessor=one, successor=other)
    page.get(url("projects:dependency-list"))

    with django_assert_max_num_queries(14):
        page.get(url("projects:dependency-list"))
