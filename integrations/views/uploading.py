"""The first step: files in, files out, or the whole import away."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.pages import MemberRequest, form_page, go_on
from integrations import services
from integrations.algorithms.catalog import KINDS
from integrations.algorithms.examples import EXAMPLES
from integrations.forms import UploadForm
from integrations.models import ImportRun
from integrations.views.found import found_file, found_run, next_step, uploads


@require_http_methods(["GET", "POST"])
def import_create(request: MemberRequest) -> HttpResponse:
    """Upload one or more files; what is remembered of files like them goes straight to the check."""
    require(request.user, "import.run", request.organization)
    is_sent = request.method == "POST"

    def save(form: UploadForm) -> ImportRun:
        files = [services.Upload(*file) for file in uploads(form.cleaned_data["files"])]
        run = services.upload_files(
            actor=request.user, organization=request.organization, files=files, reason=form.cleaned_data["reason"]
        )
        if all(run.files.values_list("is_remembered", flat=True)) and not run.refusals:
            run = services.request_check(actor=request.user, run=run, result_path=next_step(run))
        return run

    return form_page(
        request,
        form=UploadForm(request.POST, request.FILES) if is_sent else UploadForm(),
        template="integrations/import_create.html",
        save=save,
        done=next_step,
        message="Read. Nothing is written before you say so.",
        context={"kinds": KINDS.values(), "examples": EXAMPLES, "step": 1, "asks_reason": True},
    )


@require_POST
def import_add_files(request: MemberRequest, pk: int) -> HttpResponse:
    """Take further files into an import that has not begun."""
    run = found_run(request, pk)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(
            request,
            "integrations/import_create.html",
            {"form": form, "kinds": KINDS.values(), "examples": EXAMPLES},
            status=422,
        )
    files = [services.Upload(*file) for file in uploads(form.cleaned_data["files"])]
    run = services.add_files(actor=request.user, run=run, files=files)
    return go_on(request, reverse("integrations:import-map", args=[run.pk]), "Added.")


@require_POST
def import_file_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a file out of an import that has not begun."""
    file = found_file(request, pk)
    run = services.remove_file(actor=request.user, file=file)
    text = f"{file.name} is not part of this import any more."
    return go_on(request, reverse("integrations:import-map", args=[run.pk]), text)


@require_POST
def import_discard(request: MemberRequest, pk: int) -> HttpResponse:
    """Throw away an import that has written nothing."""
    run = found_run(request, pk)
    services.discard_run(actor=request.user, run=run)
    text = f"The import of {run.title} was discarded. Nothing was written."
    return go_on(request, reverse("integrations:import-list"), text)
