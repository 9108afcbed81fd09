"""Addresses of sessions."""

from django.urls import URLPattern, path

from scoring.views import sessions, sessions_leading, sessions_voting

ONE = "scoring-sessions/<int:pk>"

urlpatterns: list[URLPattern] = [
    path("scoring-sessions/", sessions.session_list, name="session-list"),
    path("scoring-sessions/new/", sessions.session_create, name="session-create"),
    path(f"{ONE}/", sessions.session_detail, name="session-detail"),
    path(f"{ONE}/live/", sessions.session_live, name="session-live"),
    path(f"{ONE}/edit/", sessions.session_edit, name="session-edit"),
    path(f"{ONE}/archive/", sessions.session_archive, name="session-archive"),
    path(f"{ONE}/restore/", sessions.session_restore, name="session-restore"),
    path(f"{ONE}/vote/", sessions_voting.session_vote, name="session-vote"),
    path(f"{ONE}/finish/", sessions_voting.session_finish, name="session-finish"),
    path(f"{ONE}/leave/", sessions_voting.session_leave, name="session-leave"),
    path(f"{ONE}/return/", sessions_voting.session_return, name="session-return"),
    path(f"{ONE}/raters/", sessions_leading.session_raters, name="session-raters"),
    path(f"{ONE}/raters/<int:rater>/remove/", sessions_leading.session_rater_remove, name="session-rater-remove"),
    path(f"{ONE}/raters/<int:rater>/return/", sessions_leading.session_rater_return, name="session-rater-return"),
    path(f"{ONE}/items/", sessions_leading.session_items, name="session-items"),
    path(f"{ONE}/items/<int:item>/remove/", sessions_leading.session_item_remove, name="session-item-remove"),
    path(f"{ONE}/reveal/", sessions_leading.session_reveal, name="session-reveal"),
    path(f"{ONE}/next-round/", sessions_leading.session_next_round, name="session-next-round"),
    path(f"{ONE}/close/", sessions_leading.session_close, name="session-close"),
    path(f"{ONE}/reopen/", sessions_leading.session_reopen, name="session-reopen"),
    path(f"{ONE}/adopt/", sessions_leading.session_adopt, name="session-adopt"),
    path(f"{ONE}/adopt/undo/<str:request_id>/", sessions_leading.session_undo_adopt, name="session-undo-adopt"),
]
