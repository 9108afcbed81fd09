"""Every URL. Pages with a namespace live below `/o/<organization>/`; `accounts.middleware` takes that prefix off."""

from django.urls import include, path
from django_prometheus.exports import ExportToDjangoView

from accounts import views as accounts
from config.api import urlpatterns as api
from feedback.api import IntakeHookView
from feedback.urls import portal_patterns

urlpatterns = [
    path("", include("portfolio.urls")),
    path("", include("finance.urls")),
    path("", include("scoring.urls")),
    path("", include("feedback.urls")),
    path("", include("programs.urls")),
    path("", include("projects.urls")),
    path("", include("events.urls")),
    path("", include("integrations.urls")),
    path("", include("resources.urls")),
    path("settings/", include("accounts.urls")),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("set-password/<str:person>/<str:token>/", accounts.set_password, name="set-password"),
    path("start/", accounts.start, name="start"),
    path("portal/<slug:organization>/<slug:portal>/", include(portal_patterns)),
    path("metrics", ExportToDjangoView, name="metrics"),
    path("hooks/feedback/<str:public_id>/", IntakeHookView.as_view(), name="feedback-hook"),
    path("hooks/feedback/<str:public_id>", IntakeHookView.as_view()),  # senders do not follow a redirect with a body
    path("api/", include((api, "api"))),
]
handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
