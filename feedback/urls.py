"""Addresses of feedback."""

from django.urls import path

from feedback.views import account, agreement, inbox, item, story, triage, voices

app_name = "feedback"
urlpatterns = [
    path("feedback/", inbox.inbox, name="inbox"),
    path("feedback/add/", item.item_create, name="item-create"),
    path("feedback/triage/", triage.triage, name="triage"),
    path("feedback/undo/<str:request_id>/", triage.triage_undo, name="triage-undo"),
    path("feedback/policy/", account.policy, name="policy"),
    path("feedback/<int:pk>/", inbox.item_detail, name="item-detail"),
    path("feedback/<int:pk>/edit/", item.item_edit, name="item-edit"),
    path("feedback/<int:pk>/labels/", item.item_labels, name="item-labels"),
    path("feedback/<int:pk>/labels/<str:label>/release/", item.item_release, name="item-release"),
    path("feedback/<int:pk>/link/", item.item_link, name="item-link"),
    path("feedback/<int:pk>/nearest/", item.item_nearest, name="item-nearest"),
    path("feedback/<int:pk>/merge/", item.item_merge, name="item-merge"),
    path("feedback/<int:pk>/retry/", item.item_retry, name="item-retry"),
    path("feedback/<int:pk>/archive/", item.item_archive, name="item-archive"),
    path("feedback/<int:pk>/restore/", item.item_restore, name="item-restore"),
    path("feedback/links/<int:pk>/remove/", item.link_remove, name="link-remove"),
    path("feedback/agreement/", agreement.agreement, name="agreement"),
    path("feedback/agreement/check/", agreement.agreement_check, name="agreement-check"),
    path("projects/<int:pk>/voices/", voices.project_voices, name="project-voices"),
    path("feedback/stories/", story.story_list, name="story-list"),
    path("feedback/stories/draft/", story.story_draft, name="story-draft"),
    path("feedback/stories/<int:pk>/", story.story_detail, name="story-detail"),
    path("feedback/stories/<int:pk>/accept/", story.story_accept, name="story-accept"),
    path("feedback/stories/<int:pk>/discard/", story.story_discard, name="story-discard"),
    path("feedback/stories/<int:pk>/reopen/", story.story_reopen, name="story-reopen"),
    path("feedback/stories/<int:pk>/archive/", story.story_archive, name="story-archive"),
    path("feedback/stories/<int:pk>/restore/", story.story_restore, name="story-restore"),
    path("accounts/", account.account_list, name="account-list"),
    path("accounts/add/", account.account_create, name="account-create"),
    path("accounts/<int:pk>/edit/", account.account_edit, name="account-edit"),
    path("accounts/<int:pk>/archive/", account.account_archive, name="account-archive"),
    path("accounts/<int:pk>/restore/", account.account_restore, name="account-restore"),
]
