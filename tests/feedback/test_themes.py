"""Themes: found in what is said, kept through clustering, and obedient to people."""

import datetime

import pytest
import structlog
from django.utils import timezone

from core.errors import Conflict, NotAllowed
from events.models import Event, Job
from events.services import claim_job, run_job
from feedback import services
from feedback.followers import keep_theme_counts
from feedback.models import FeedbackItem, RegroupedItem, Regrouping, Theme, ThemeAccount, ThemeWeek
from feedback.services.clustering import carry_out_clustering
from tests.feedback.themed import ALL, DARK, EXPORT, LOGIN, TAX


def silent(*_told: object) -> None:
    """Progress that nobody follows."""


@pytest.fixture
def analyzed(acme, said):
    """`analyzed("…", …)` stores texts and has them read."""

    def store(*texts: str, **fields: object) -> list[FeedbackItem]:
        items = said(*texts, **fields)
        while services.analyze_batch(organization_id=acme.pk, now=timezone.now()):
            pass
        return items

    return store


@pytest.fixture
def clustered(acme, alice):
    """`clustered()` finds themes anew, as the worker does."""

    def find(**options: object) -> dict:
        return carry_out_clustering(actor=alice, organization=acme, report=silent, **options)

    return find


def theme_of(text: str) -> Theme:
    return FeedbackItem.objects.get(text=text).theme


def grouped() -> set[frozenset[str]]:
    rows = FeedbackItem.objects.filter(theme__isnull=False).values_list("theme", "text")
    return {frozenset(text for other, text in rows if other == theme) for theme in {theme for theme, _ in rows}}


def items_with(*texts: str) -> list[FeedbackItem]:
    return list(FeedbackItem.objects.filter(text__in=texts).order_by("pk"))


@pytest.fixture
def found(analyzed, clustered):
    """Three themes in eighteen items."""
    analyzed(*ALL)
    clustered()


def test_items_about_the_same_are_of_one_theme_whose_name_is_in_their_words(found):
    assert {frozenset(EXPORT), frozenset(LOGIN), frozenset(DARK)} == grouped()
    for texts, word in ((EXPORT, "csv"), (LOGIN, "sso"), (DARK, "dark")):
        theme = theme_of(texts[0])
        assert word in theme.name.lower()
        assert word in " ".join(theme.words)


def test_what_arrives_later_joins_the_theme_that_it_is_nearest_to_and_the_log_tells(found, analyzed):
    items = analyzed("The CSV export does not work at all", "The cafeteria serves cold soup")

    export, soup = (FeedbackItem.objects.get(pk=item.pk) for item in items)
    assert export.theme == theme_of(EXPORT[0])
    assert soup.theme is None
    event = Event.objects.get(kind="feedback_item.analyzed", subject_id=str(export.pk))
    assert event.changes["theme"] == [None, {"id": export.theme_id, "name": export.theme.name}]


def test_one_by_one_items_get_the_themes_that_all_at_once_they_would(found, analyzed, acme):
    texts = [f"{text}, and nobody answers" for text in ALL]
    together = [item.pk for item in analyzed(*texts)]
    alone = [analyzed(text)[0].pk for text in texts]

    themes = dict(FeedbackItem.objects.values_list("pk", "theme"))
    assert [themes[pk] for pk in together] == [themes[pk] for pk in alone]
    assert set(filter(None, (themes[pk] for pk in alone))) == set(Theme.objects.live().values_list("pk", flat=True))


def test_themes_keep_their_rows_and_names_by_people_through_a_clustering(found, clustered, analyzed, bob):
    before = {text: theme_of(text).pk for text in ALL}
    services.update_theme(actor=bob, theme=theme_of(EXPORT[0]), name="Spreadsheets")
    analyzed(*TAX)

    clustered(seed=5)

    assert {text: theme_of(text).pk for text in ALL} == before
    assert theme_of(EXPORT[0]).name == "Spreadsheets"
    assert "tax" in theme_of(TAX[0]).name.lower()


def test_a_merge_holds_through_a_clustering_and_is_undone(found, clustered, acme, bob):
    export, login = theme_of(EXPORT[0]), theme_of(LOGIN[0])

    act = services.merge_themes(actor=bob, organization=acme, themes=[login], into=export, name="Exports and logins")
    clustered(seed=3)

    merged = theme_of(LOGIN[0])
    assert merged == theme_of(EXPORT[0]) == export
    assert merged.name == "Exports and logins"
    login.refresh_from_db()
    assert login.merged_into == export
    assert login.is_archived
    assert services.undo_regrouping(actor=bob, regrouping=act) == (6, 0)
    assert {frozenset(EXPORT), frozenset(LOGIN), frozenset(DARK)} == grouped()
    login.refresh_from_db()
    assert not login.is_archived
    with pytest.raises(Conflict, match="nothing to undo"):
        services.undo_regrouping(actor=bob, regrouping=act)


def test_what_resembles_a_merged_theme_goes_where_that_went(found, analyzed, acme, bob):
    export = theme_of(EXPORT[0])
    services.merge_themes(actor=bob, organization=acme, themes=[theme_of(LOGIN[0])], into=export)

    (item,) = analyzed("SSO login is broken on my phone")

    assert FeedbackItem.objects.get(pk=item.pk).theme == export


def test_a_split_holds_through_a_clustering_and_is_undone(found, clustered, bob):
    export = theme_of(EXPORT[0])

    act = services.split_theme(actor=bob, theme=export, items=items_with(*EXPORT[:2]), name="Broken exports")
    clustered(seed=3)

    assert theme_of(EXPORT[0]).name == "Broken exports"
    assert theme_of(EXPORT[0]) == theme_of(EXPORT[1])
    assert theme_of(EXPORT[0]) != theme_of(EXPORT[2])
    services.undo_regrouping(actor=bob, regrouping=act)
    assert theme_of(EXPORT[0]) == theme_of(EXPORT[2]) == export
    assert Theme.objects.get(name="Broken exports").is_archived


def test_a_split_ends_a_merge_that_it_contradicts_and_undoing_it_brings_that_back(found, clustered, acme, bob):
    export = theme_of(EXPORT[0])
    merge = services.merge_themes(actor=bob, organization=acme, themes=[theme_of(LOGIN[0])], into=export)
    split = services.split_theme(actor=bob, theme=export, items=items_with(*LOGIN))

    merge.refresh_from_db()
    assert merge.ended_by == split
    assert "sso" in theme_of(LOGIN[0]).name.lower()
    clustered(seed=3)
    assert theme_of(LOGIN[0]) != theme_of(EXPORT[0])
    services.undo_regrouping(actor=bob, regrouping=split)
    merge.refresh_from_db()
    assert merge.ended_by is None


def test_an_item_that_a_person_moved_stays_where_they_put_it(found, clustered, acme, bob):
    dark = theme_of(DARK[0])
    act = services.give_theme(actor=bob, organization=acme, items=items_with(EXPORT[0]), theme=dark)
    services.give_theme(actor=bob, organization=acme, items=items_with(EXPORT[1]), theme=None)

    clustered(seed=3)

    assert theme_of(EXPORT[0]) == dark
    assert theme_of(EXPORT[1]) is None
    services.undo_regrouping(actor=bob, regrouping=act)
    item = FeedbackItem.objects.get(text=EXPORT[0])
    assert item.theme == theme_of(EXPORT[2])
    assert item.labels_by_person == []


def test_an_item_may_be_left_to_clustering_again(found, clustered, acme, bob):
    export = theme_of(EXPORT[0])
    services.give_theme(actor=bob, organization=acme, items=items_with(EXPORT[0]), theme=theme_of(DARK[0]))
    services.release_theme(actor=bob, item=FeedbackItem.objects.get(text=EXPORT[0]))

    clustered()

    assert theme_of(EXPORT[0]) == export


def test_a_pinned_theme_is_neither_ended_nor_renamed(found, clustered, acme, bob):
    dark = theme_of(DARK[0])
    services.update_theme(actor=bob, theme=dark, is_pinned=True)
    name = dark.name
    FeedbackItem.objects.filter(theme=dark).update(archived_at=timezone.now())

    clustered()

    dark.refresh_from_db()
    assert not dark.is_archived
    assert dark.name == name


def test_dissolved_items_wait_and_come_back_with_undo(found, bob):
    dark = theme_of(DARK[0])

    act = services.dissolve_theme(actor=bob, theme=dark)
    assert theme_of(DARK[0]) is None
    dark.refresh_from_db()
    assert dark.is_archived
    services.undo_regrouping(actor=bob, regrouping=act)

    assert theme_of(DARK[0]) == dark
    dark.refresh_from_db()
    assert not dark.is_archived


def test_a_clustering_is_undone_whole_until_the_next(found, clustered, analyzed, acme, alice, bob):
    before = dict(FeedbackItem.objects.values_list("text", "theme"))
    analyzed("The invoice has a wrong tax rate", "Wrong tax on the invoice", "Invoice tax is wrong")
    first = Regrouping.objects.get()
    told = clustered()
    act = Regrouping.objects.get(pk=told["regrouping"])

    first.refresh_from_db()
    assert not first.can_be_undone
    assert not RegroupedItem.objects.filter(regrouping=first).exists()
    with pytest.raises(NotAllowed):
        services.undo_regrouping(actor=bob, regrouping=act)
    services.undo_regrouping(actor=alice, regrouping=act)
    assert {text: pk for text, pk in FeedbackItem.objects.values_list("text", "theme") if text in before} == before
    assert FeedbackItem.objects.filter(text__contains="tax", theme=None).count() == 3


def test_a_name_stands_on_one_line_and_holds_nothing_unreadable(found, bob):
    theme = services.update_theme(actor=bob, theme=theme_of(EXPORT[0]), name=" Spreadsheets\x07\nand files ")

    assert theme.name == "Spreadsheets and files"


def test_a_name_and_a_pin_are_taken_back_by_who_gave_them(found, bob, alice):
    theme = theme_of(EXPORT[0])
    name = theme.name
    theme = services.update_theme(actor=bob, theme=theme, name="Spreadsheets")

    with pytest.raises(Conflict, match="nothing to undo"):
        services.revert_theme(actor=alice, theme=theme)
    theme = services.revert_theme(actor=bob, theme=theme)

    assert (theme.name, theme.is_named_by_person) == (name, False)


def test_a_sample_is_clustered_and_the_rest_goes_to_the_nearest(analyzed, clustered):
    analyzed(*[f"{text}, number {n}" for n in (1, 2, 3) for text in ALL])

    clustered(sample=40)

    assert not FeedbackItem.objects.filter(theme=None).exists()
    for texts in (EXPORT, LOGIN, DARK):
        assert len({theme_of(f"{text}, number {n}") for text in texts for n in (1, 2, 3)}) == 1


def test_a_clustering_that_is_killed_before_its_end_leaves_everything_as_it_was(found, analyzed, acme, monkeypatch):
    analyzed("The invoice has a wrong tax rate", "Wrong tax on the invoice", "Invoice tax is wrong")
    before = [list(table.objects.order_by("pk").values()) for table in (FeedbackItem, ThemeWeek, Regrouping)]
    themes = list(Theme.objects.order_by("pk").values_list("pk", "name", "version", "archived_at"))

    def die(*_any: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("feedback.services.clustering.forget_moves", die)
    with pytest.raises(KeyboardInterrupt):
        carry_out_clustering(actor=None, organization=acme, report=silent)

    assert [list(table.objects.order_by("pk").values()) for table in (FeedbackItem, ThemeWeek, Regrouping)] == before
    assert list(Theme.objects.order_by("pk").values_list("pk", "name", "version", "archived_at")) == themes


def test_what_people_change_while_themes_are_found_is_not_overrun(found, acme, bob, monkeypatch):
    dark = theme_of(DARK[0])
    read = []

    def meanwhile(*args: object, **_more: object) -> None:
        if args[-1] == "Finding what is about the same." and not read:
            read.append(1)
            services.give_theme(actor=bob, organization=acme, items=items_with(EXPORT[0]), theme=dark)

    carry_out_clustering(actor=None, organization=acme, report=meanwhile)

    assert theme_of(EXPORT[0]) == dark


def test_themes_rise_by_themselves_once_enough_is_said_and_only_once(acme, said):
    said(*[f"{text}, number {n}" for n in (1, 2) for text in ALL])
    while services.analyze_batch(organization_id=acme.pk, now=timezone.now()):
        pass

    assert services.let_themes_rise(acme.pk)
    assert not services.let_themes_rise(acme.pk)
    run_job(claim_job(acme.pk, "solver"))
    assert Job.objects.get().status == "done", Job.objects.get().error
    assert Theme.objects.live().count() >= 3
    assert not services.let_themes_rise(acme.pk)
    assert not services.refresh_themes(acme.pk)


def test_too_few_items_let_no_theme_rise(acme, analyzed):
    analyzed(*ALL)

    assert not services.let_themes_rise(acme.pk)


def test_only_who_handles_feedback_finds_themes_anew_and_once_at_a_time(found, acme, alice, bob):
    with pytest.raises(NotAllowed):
        services.start_clustering(actor=bob, organization=acme)
    services.start_clustering(actor=alice, organization=acme)
    with pytest.raises(Conflict, match="already"):
        services.start_clustering(actor=alice, organization=acme)


def test_a_viewer_changes_no_theme(found, acme, vera):
    theme, other = theme_of(EXPORT[0]), theme_of(DARK[0])
    for act in (
        lambda: services.update_theme(actor=vera, theme=theme, name="Mine"),
        lambda: services.merge_themes(actor=vera, organization=acme, themes=[other], into=theme),
        lambda: services.split_theme(actor=vera, theme=theme, items=items_with(EXPORT[0])),
        lambda: services.give_theme(actor=vera, organization=acme, items=items_with(EXPORT[0]), theme=other),
        lambda: services.dissolve_theme(actor=vera, theme=theme),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_all_of_a_theme_cannot_be_split_off_nor_what_is_elsewhere(found, bob):
    theme = theme_of(EXPORT[0])
    with pytest.raises(Conflict, match="nothing would be left"):
        services.split_theme(actor=bob, theme=theme, items=items_with(*EXPORT))
    with pytest.raises(Conflict, match="another theme"):
        services.split_theme(actor=bob, theme=theme, items=items_with(DARK[0]))


def test_counts_follow_whatever_happens_to_items(found, acme, bob, halden, analyzed):
    keep_theme_counts(list(Event.objects.order_by("pk")))
    assert counted() == recounted(acme)
    item = items_with(EXPORT[0])[0]

    services.triage_items(actor=bob, organization=acme, items=[item], status="done", account=halden)
    services.archive_item(actor=bob, item=items_with(EXPORT[1])[0])
    services.triage_items(actor=bob, organization=acme, items=items_with(LOGIN[0]), status="not_feedback")
    services.give_theme(actor=bob, organization=acme, items=items_with(DARK[0]), theme=theme_of(LOGIN[0]))
    services.correct_labels(actor=bob, item=items_with(DARK[1])[0], values={"sentiment": "negative"})
    analyzed("CSV export fails again", account=halden)
    keep_theme_counts(list(Event.objects.order_by("pk")))

    assert counted() == recounted(acme)
    assert ThemeAccount.objects.count() == 1
    services.triage_items(actor=bob, organization=acme, items=[items_with(EXPORT[0])[0]], account=None)
    services.archive_item(actor=bob, item=items_with("CSV export fails again")[0])
    keep_theme_counts(list(Event.objects.order_by("pk")))
    assert counted() == recounted(acme)
    assert not ThemeAccount.objects.exists()


def test_counts_follow_an_item_to_another_week_and_back_to_another_account(found, acme, bob, halden):
    keep_theme_counts(list(Event.objects.order_by("pk")))
    item = items_with(EXPORT[0])[0]
    services.update_item(actor=bob, item=item, said_at=item.said_at - datetime.timedelta(days=70))
    keep_theme_counts(list(Event.objects.order_by("pk")))
    assert counted() == recounted(acme)

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        services.triage_items(actor=bob, organization=acme, items=items_with(EXPORT[0]), account=halden)
    keep_theme_counts(list(Event.objects.order_by("pk")))
    assert ThemeAccount.objects.count() == 1
    services.undo_triage(actor=bob, organization=acme, request_id="r-1")
    last = Event.objects.get(kind="feedback_item.triage_undone")
    assert last.changes["account"] == [{"id": halden.pk, "name": "Halden Freight"}, None]
    keep_theme_counts([last])
    assert not ThemeAccount.objects.exists()


def counted() -> list[dict]:
    """The stored counts; sums of scores but for their last digits, which hang on the order of adding."""
    names = [field.name for field in ThemeWeek._meta.concrete_fields]
    told = [name for name in names if name not in {"id", "created_at", "updated_at"}]
    weeks = ThemeWeek.objects.order_by("theme", "week").values(*told)
    accounts = ThemeAccount.objects.order_by("theme", "account").values("theme", "account")
    return [*({name: _rounded(value) for name, value in week.items()} for week in weeks), *accounts]


def _rounded(value: object) -> object:
    return round(value, 9) if isinstance(value, float) else value


def recounted(organization) -> list[dict]:
    services.count_themes(organization.pk, list(Theme.objects.values_list("pk", flat=True)))
    return counted()
