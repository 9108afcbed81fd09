"""The house rules that a machine can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps as django_apps
from django.conf import settings
from django.core.management import call_command

ROOT: Path = settings.BASE_DIR
ROOMS = {
    "__init__",
    "admin",
    "algorithms",
    "api",
    "apps",
    "backends",
    "charts",
    "demo",
    "filters",
    "followers",
    "forms",
    "management",
    "metrics",
    "middleware",
    "migrations",
    "models",
    "querysets",
    "selectors",
    "serializers",
    "services",
    "tasks",
    "urls",
    "views",
}
CORE_ROOMS = ROOMS | {
    "access",
    "amounts",
    "checks",
    "errors",
    "exports",
    "finders",
    "health",
    "hosts",
    "htmx",
    "jobs",
    "limits",
    "outgoing",
    "pages",
    "postgresql",
    "secrets",
    "sessions",
    "sql",
    "templatetags",
    "tenancy",
}
#: Services that change no fact a person would ask about: claims, sweeps, progress, stored totals, locks; and those that
#: work inside another one, which records what they did.
SILENT_SERVICES = {
    "accounts.token_digest",
    "events.advance",
    "events.behind_since",
    "events.catch_up",
    "events.checked_url",
    "events.claim_deliveries",
    "events.claim_job",
    "events.deliver_webhooks",
    "events.deliver_mail",
    "events.finish_job",
    "events.forget_deliveries",
    "events.happened_at",
    "events.happening_at",
    "events.has_due_deliveries",
    "events.has_unread_events",
    "events.keep_outcome",
    "events.kept_for",
    "events.new_secret",
    "events.organizations",
    "events.queue_mail",
    "events.refuse_while_needed",
    "events.requeue_lost_jobs",
    "events.retry_mail",
    "events.run_job",
    "events.send",
    "events.stale_edit",
    "events.waiting_queues",
    "feedback.analyze_batch",
    "feedback.forget_unconfirmed",
    "feedback.mail_confirmation",
    "feedback.mail_published",
    "feedback.tell_visitors",
    "feedback.carry_out_trial",
    "feedback.try_endpoint",
    "feedback.as_name",
    "feedback.center_themes",
    "feedback.count_themes",
    "feedback.count_weeks",
    "feedback.end_contradicted",
    "feedback.forget_moves",
    "feedback.go_to_themes",
    "feedback.keep_themes",
    "feedback.labels_held",
    "feedback.leave_themes",
    "feedback.let_themes_rise",
    "feedback.lock_themes",
    "feedback.name_anew",
    "feedback.named_anew",
    "feedback.nearest_themes",
    "feedback.note_items",
    "feedback.noted",
    "feedback.refresh_themes",
    "feedback.start_clustering",
    "feedback.check_mailbox",
    "feedback.poll_next_mailbox",
    "feedback.receive_through_hook",
    "feedback.refuse_at_hook",
    "finance.approve_next",
    "finance.approved_among",
    "finance.lock_rates",
    "integrations.taken_reason",
    "portfolio.rebuild_rollups",
    "portfolio.roll_up",
    "projects.date_new",
    "projects.dates",
    "projects.lock_schedule",
    "projects.make_root",
    "projects.move_along",
    "projects.move_back",
    "projects.move_constraints",
    "projects.moved_between",
    "projects.moved_without",
    "resources.refuse_namesake",
    "resources.still_planned",
    "scoring.locked",
    "scoring.mark_seen",
    "scoring.refuse_others",
    "scoring.voter",
}
RECORDERS = {
    "add_members",
    "add_things",
    "record",
    "create_recorded",
    "create_all_recorded",
    "change_all_recorded",
    "change_recorded",
    "archive_recorded",
    "receive_items",
    "restore_recorded",
    "tell_moved",
}

APPS = [ROOT / app for app in settings.FIRST_PARTY_APPS]
FOLDERS = [*APPS, ROOT / "config", ROOT / "ops", ROOT / "bench", ROOT / "tests"]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")]
#: Of a link or an image in Markdown: where it leads.
LINK = re.compile(r"\]\(([^)\s]+)\)")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def modules(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.py") if "migrations" not in path.parts]


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("app", APPS, ids=named)
def test_an_app_has_only_known_rooms(app):
    rooms = CORE_ROOMS if app.name == "core" else ROOMS
    found = {path.stem for path in app.iterdir() if path.suffix == ".py" or (path.is_dir() and path.name[0] != "_")}

    assert found <= rooms


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_module_fits_in_400_lines(folder):
    lines = {named(module): len(module.read_text().splitlines()) for module in modules(folder)}

    assert {module: count for module, count in lines.items() if count > 400} == {}


@pytest.mark.parametrize("app", APPS, ids=named)
def test_a_service_names_its_actor_and_records_what_it_did(app):
    for module in [*app.glob("services.py"), *app.glob("services/*.py")]:
        for function in functions(module) if module.stem != "__init__" else []:
            name = f"{app.name}.{function.name}"
            if function.name.startswith("_") or name in SILENT_SERVICES or function.name in RECORDERS:
                continue
            assert not function.args.args, f"{name}: keyword-only"
            assert function.args.kwonlyargs[0].arg == "actor", f"{name}: actor first"
            calls = {
                node.func.id
                for node in ast.walk(function)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            assert calls & (RECORDERS | {"change_status", "finish_job", "change_role", "show_amounts"}) or any(
                call.startswith("_") for call in calls
            ), f"{name} records no event"


@pytest.mark.parametrize("app", APPS, ids=named)
def test_a_view_fits_in_25_lines_and_writes_only_through_services(app):
    for module in [*app.glob("views.py"), *app.glob("views/*.py")]:
        for function in functions(module):
            name = f"{named(module)}: {function.name}"
            body = function.end_lineno - function.body[0].lineno + 1
            assert body <= 25, f"{name}: {body} lines"
            writes = {
                node.func.attr
                for node in ast.walk(function)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            } & {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
            assert not writes, f"{name} writes: {writes}"


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_module_imports_at_its_top_and_by_name(folder):
    wrong = []
    for module in modules(folder):
        for node, is_nested in imports(ast.parse(module.read_text())):
            is_from = isinstance(node, ast.ImportFrom)
            if is_nested or (is_from and (node.level or node.names[0].name == "*")):
                wrong.append(f"{named(module)}:{node.lineno}")

    assert wrong == []


def imports(tree: ast.AST, is_nested: bool = False) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """The imports below a node, and whether each stands inside a function. An expression holds none."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, is_nested
        elif not isinstance(node, ast.expr):
            yield from imports(node, is_nested or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_no_module_keeps_the_day_on_which_it_was_imported(folder):
    wrong = [
        f"{named(module)}:{call.lineno}"
        for module in modules(folder)
        for call in calls_on_import(ast.parse(module.read_text()))
        if getattr(call.func, "attr", "") in {"localdate", "localtime", "now", "today"}
    ]

    assert wrong == []


def calls_on_import(tree: ast.AST) -> list[ast.Call]:
    """What is called when a module is read: defaults and decorators of functions too, their bodies not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            node.body = []
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_a_partial_names_its_context_first():
    partials = (ROOT / "templates").rglob("_*.html")

    assert [named(partial) for partial in partials if not partial.read_text().startswith("{# Context: ")] == []


def test_no_model_has_an_order_of_its_own_or_a_generic_foreign_key():
    for app in APPS:
        for path in [*app.glob("models.py"), *app.glob("models/*.py")]:
            text = path.read_text()
            assert "ordering =" not in text, path
            assert "GenericForeignKey" not in text, path


def test_no_sentence_of_a_constraint_has_a_bare_percent_sign():
    """Django formats it with the constraint's name: a percent sign in it fails where the sentence is wanted."""
    for model in django_apps.get_models():
        for constraint in model._meta.constraints:
            sentence = str(constraint.violation_error_message)
            assert sentence.replace("%(name)s", "").count("%") == 0, (model.__name__, constraint.name, sentence)


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_commands_of_the_readme_come_first():
    lines = (ROOT / "README.md").read_text().splitlines()
    first_code = next(i for i, line in enumerate(lines) if line.startswith("```"))

    assert "make run" in lines[first_code + 1]
    assert any("make test" in line for line in lines[first_code : first_code + 4])


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_a_link_of_a_document_leads_to_a_file_and_to_a_heading(document):
    for target in LINK.findall(document.read_text()):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.is_relative_to(ROOT), target
        assert file.exists(), f"{target} leads nowhere"
        if anchor:
            assert anchor in anchors(file), f"{target}: there is no such heading"


def anchors(document: Path) -> set[str]:
    """What a document's headings are called in addresses, as GitHub does it."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_version_is_the_first_heading_of_the_changelog():
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]

    assert re.fullmatch(r"## (Unreleased|\d+\.\d+\.\d+( \(\d{4}-\d\d-\d\d\))?)", headings[0]), headings[0]
