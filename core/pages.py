"""What list and form pages share: one shape of list, one shape of form, one way to show what went wrong."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django_htmx.http import HttpResponseClientRedirect
from redis.exceptions import RedisError

from core.amounts import is_hidden
from core.errors import Conflict, DomainError, FieldErrors, NotAllowed, StaleEdit
from core.htmx import wants_fragment

PAGE_SIZES = (25, 50, 100, 200)
#: Counting stops here: “10,000+” says enough, and costs the same in an organization of any size.
COUNT_LIMIT = 10_000
#: A copy of a form waits for the first one so many tenths of a second; a first one that died is forgotten later.
WAITS_FOR_FIRST, SAVING_SECONDS = 50, 30


class MemberRequest(HttpRequest):
    """A request below an organization: its person is signed in and a member (`accounts.middleware` sees to it)."""

    user: Any
    organization: Any
    htmx: Any


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that stops counting at a limit."""

    limit = COUNT_LIMIT

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, list):
            return len(rows)
        return int(rows.order_by().values("pk")[: self.limit + 1].count())

    @property
    def count_is_capped(self) -> bool:
        return self.count > self.limit


def page_of(
    request: HttpRequest, rows: Any, *, count: int | None = None, size: int = 50, limit: int = COUNT_LIMIT
) -> Page[Any]:
    """The page that the URL asks for; nonsense gets the first, too far the last.

    Args:
        count: how many rows there are, where a total has counted them already: spares the query.
        size: rows on a page where the URL does not say.
        limit: counting stops there.
    """
    try:
        asked = int(request.GET.get("rows", size))
    except ValueError:
        asked = size
    paginator = CappedPaginator(rows, asked if asked in PAGE_SIZES else size)
    paginator.limit = limit
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get("page"))


#: Words of an address that say how a list is shown, and not which rows are in it.
SHOWN = ("page", "rows", "sort", "format")


def asked(request: MemberRequest) -> tuple[Any, ...]:
    """Who asks for which rows on which day: what tells the totals of a list from those of others."""
    narrowing = sorted((name, tuple(values)) for name, values in request.GET.lists() if name not in SHOWN)
    return request.path, request.user.pk, timezone.localdate(), *narrowing


def ordered(
    request: HttpRequest, rows: Any, allowed: Mapping[str, str | tuple[str, ...]], default: str
) -> tuple[Any, str]:
    """Rows ordered by the URL's `sort` (a key of `allowed`, with `-` for descending); returns them and the sort.

    Args:
        allowed: the URL's word -> the column, or several.
        default: the URL's word used where none or an unknown one is asked for.
    Amounts that are hidden order nothing, since the order would tell of them; then the first of `allowed` does.
    """
    allowed = {word: columns for word, columns in allowed.items() if not _is_hidden(columns)}
    default = default if default.removeprefix("-") in allowed else next(iter(allowed))
    given = request.GET.get("sort", default)
    word = given if given.removeprefix("-") in allowed else default
    found = allowed[word.removeprefix("-")]
    columns = (found,) if isinstance(found, str) else found
    if not word.startswith("-"):
        return rows.order_by(*columns, "pk"), word
    last_is_nothing = [
        F(column).desc(nulls_last=True) if may_be_nothing(rows.model, column) else f"-{column}" for column in columns
    ]
    return rows.order_by(*last_is_nothing, "-pk"), word


def _is_hidden(columns: str | tuple[str, ...]) -> bool:
    return any(map(is_hidden, (columns,) if isinstance(columns, str) else columns))


def may_be_nothing(model: Any, column: str) -> bool:
    """True where a column, named as in a lookup, may be NULL: such rows come last in either order."""
    for name in column.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if field.null:
            return True
        model = field.related_model
    return False


def form_page(
    request: HttpRequest,
    *,
    form: Any,
    template: str,
    save: Callable[[Any], Any],
    done: Callable[[Any], str],
    message: str,
    context: Mapping[str, Any] | None = None,
    undo: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """Show a form, or save it through a service and go on.

    Args:
        form: a TenantForm or form, bound when the request is a POST.
        save: takes the valid form, calls one service, returns the row.
        done: where to go afterwards, given the row.
        message: what is said afterwards; `{row}` is the row's name.
        undo: the address that takes it back, given the row.
    What was typed is never lost: every refusal shows the form again, with the reason at its field or above it. A form
    sent twice is saved once.
    """
    data = {**(context or {}), "form": form}
    if request.method != "POST":
        return render(request, template, data)
    if url := sent_before(request):
        return go_to(request, url)
    status = 422
    if form.is_valid():
        try:
            row = save(form)
        except StaleEdit as stale:
            data |= {"conflict": stale, "conflict_rows": conflict_rows(form, stale)}
            form.data = form.data.copy()
            form.data[form.add_prefix("version")] = str(stale.current_version)
            status = stale.status_code
        except (ValidationError, DomainError) as error:
            status = error.status_code if isinstance(error, NotAllowed | Conflict) else 422
            add_errors(form, error)
        else:
            url = done(row)
            remember_sent(request, url)
            messages.success(request, message.format(row=row), extra_tags=undo(row) if undo else "")
            return go_to(request, url)
    return render(request, template, data, status=status)


def cell_page(
    request: HttpRequest,
    *,
    form: Any,
    at_rest: str,
    opened: str,
    save: Callable[[Any], Any],
    context: Callable[[Any], Mapping[str, Any]],
) -> HttpResponse:
    """Open one cell of a table, or save it through a service and close it; refused, it stays open and says why.

    Args:
        form: a TenantForm over the cell's fields; its instance is the row.
        at_rest, opened: partials of the cell's two faces; `opened` gets `form` as well.
        save: takes the valid form, calls one service, returns the row.
        context: the partials' context for a row.
    Somebody else's change to other fields of the row is no conflict for a cell.
    """
    status = 200
    if request.method == "POST":
        row = form.instance if sent_before(request) else None
        if row is None and form.is_valid():
            try:
                row = _saved_cell(form, save)
            except (ValidationError, DomainError) as error:
                add_errors(form, error)
            else:
                remember_sent(request, request.path)
        if row is not None:
            response = render(request, at_rest, {**context(row), "saved": True})
            response["HX-Trigger"] = "portolan:saved"
            return response
        status = 422
    return render(request, opened, {**context(form.instance), "form": form}, status=status)


def _saved_cell(form: Any, save: Callable[[Any], Any]) -> Any:
    try:
        return save(form)
    except StaleEdit as stale:
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = str(stale.current_version)
        clashes = [change for change in stale.changes if change.field in form.fields]
        if clashes:
            last = clashes[-1]
            raise Conflict(f"{last.who} changed this to “{last.after or '–'}”. Enter saves yours over it.") from stale
        form.cleaned_data["version"] = stale.current_version
        return save(form)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, be it nothing at all; None when the form is only to be shown."""
    return request.POST if request.method == "POST" else None


def words_in(request: HttpRequest, most: int = 200) -> str:
    """The words that the address asks for as `q`, without NUL, which PostgreSQL refuses."""
    return request.GET.get("q", "").replace("\0", "").strip()[:most]


def id_in(text: str | None) -> int | None:
    """The id that a part of an address names; None where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def ids_asked(request: HttpRequest, most: int) -> list[int]:
    """The ids that the form, or else the address, names as `id`, at most so many."""
    named = request.POST.getlist("id") or request.GET.getlist("id")
    return [pk for pk in map(id_in, named) if pk is not None][:most]


def seen_version(request: HttpRequest) -> int | None:
    """The version of the row that the person saw when pressing a button; None where the button did not say."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def go_on(request: HttpRequest, url: str, text: str, undo_url: str = "") -> HttpResponse:
    """Go to a page after an act, say there what was done, and offer to undo it; works for forms and for htmx."""
    messages.success(request, text, extra_tags=undo_url)
    return HttpResponseClientRedirect(url) if wants_fragment(request) else redirect(url)


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Go to another page; htmx is told to load it whole, not to swap it into a part of this one."""
    return HttpResponseClientRedirect(url) if wants_fragment(request) else redirect(url)


def add_errors(form: Any, error: ValidationError | DomainError) -> None:
    """Put a service's refusal at the fields it is about, or above the form."""
    if isinstance(error, FieldErrors):
        by_field: dict[str, list[str]] = {name: [text] for name, text in error.errors.items()}
    elif isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        by_field = error.message_dict
    else:
        by_field = {NON_FIELD_ERRORS: getattr(error, "messages", [str(error)])}
    for name, texts in by_field.items():
        for text in texts:
            place = name if name in form.fields else field_of_rule(form, text)
            form.add_error(place, text)


def field_of_rule(form: Any, text: str) -> str | None:
    """The one field of the form that a rule of the table is about: “Another project has this code.” is about `code`."""
    meta = getattr(form, "_meta", None)
    for rule in meta.model._meta.constraints if meta else ():
        names = [name for name in getattr(rule, "fields", ()) if name != "organization"]
        if rule.violation_error_message == text and len(names) == 1 and names[0] in form.fields:
            return str(names[0])
    return None


def conflict_rows(form: Any, stale: StaleEdit) -> list[dict[str, Any]]:
    """Field by field what somebody else saved and what this person typed."""
    rows = []
    for change in stale.changes:
        mine = form[change.field].value() if change.field in form.fields else None
        if mine is not None and hasattr(form.fields[change.field], "queryset"):
            chosen = form.cleaned_data.get(change.field)
            mine = str(chosen) if chosen else ""
        rows.append(
            {"change": change, "mine": mine, "in_form": change.field in {*form.fields, *getattr(form, "in_words", ())}}
        )
    return rows


def sent_before(request: HttpRequest) -> str | None:
    """Where the first copy of this submission went, if it was saved. Else this is the first one, and others wait.

    Raises:
        Conflict: the first copy is still being saved.
    """
    token = request.POST.get("form_token")
    if not token:
        return None
    key = _sent_key(request, token)
    try:
        for _ in range(WAITS_FOR_FIRST):
            if cache.add(key, "", SAVING_SECONDS):
                request.sent_claim = key  # type: ignore[attr-defined]
                return None
            if url := cache.get(key):
                return str(url)
            time.sleep(0.1)
    except (RedisError, OSError):
        return None  # without the cache a double submission is met by the tables' own constraints
    raise Conflict("This was sent twice, and the first copy is still being saved. Look in a moment what came of it.")


def remember_sent(request: HttpRequest, url: str) -> None:
    """Keep for an hour that this submission was saved."""
    if token := request.POST.get("form_token"):
        request.sent_claim = None  # type: ignore[attr-defined]
        try:
            cache.set(_sent_key(request, token), url, 3600)
        except (RedisError, OSError):
            return


def forget_unsaved(request: HttpRequest) -> None:
    """A submission that was refused may be corrected and sent again; `core.middleware` calls this at the end."""
    if key := getattr(request, "sent_claim", None):
        try:
            cache.delete(key)
        except (RedisError, OSError):
            return


def _sent_key(request: HttpRequest, token: str | None) -> str:
    return f"form:{getattr(request.user, 'pk', 0)}:{request.path}:{token}"[:300]
