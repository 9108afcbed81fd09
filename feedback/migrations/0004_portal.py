import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_membership_sees_amounts"),
        ("feedback", "0003_channels"),
        ("portfolio", "0006_percent_in_words"),
        ("projects", "0011_percent_in_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="Portal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of its public address.", max_length=60, verbose_name="address"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "intro",
                    models.TextField(
                        blank=True,
                        help_text="Plain text above the ideas.",
                        max_length=2000,
                        verbose_name="introduction",
                    ),
                ),
                ("is_open", models.BooleanField(default=False, editable=False, verbose_name="open to the public")),
                ("accepts_ideas", models.BooleanField(default=True, verbose_name="takes new ideas")),
                (
                    "moderates",
                    models.BooleanField(
                        default=True,
                        help_text="A person publishes each idea. What looks odd always waits.",
                        verbose_name="ideas wait for approval",
                    ),
                ),
                ("shows_votes", models.BooleanField(default=True, verbose_name="shows how many voted")),
                (
                    "is_indexed",
                    models.BooleanField(
                        default=False,
                        help_text="Otherwise its pages ask them not to.",
                        verbose_name="search engines may list it",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="portals", to="portfolio.product"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PortalIdea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "external_key",
                    models.CharField(
                        blank=True,
                        help_text="The key of this row in the system it came from; imports match on it.",
                        max_length=200,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "text",
                    models.TextField(
                        help_text="Everybody reads it: leave out names and numbers of customers.", max_length=5000
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("considering", "Considering"),
                            ("planned", "Planned"),
                            ("in_progress", "In progress"),
                            ("shipped", "Shipped"),
                            ("not_planned", "Not planned"),
                        ],
                        default="considering",
                        editable=False,
                        max_length=12,
                    ),
                ),
                (
                    "status_note",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Public, and in the mail.",
                        max_length=1000,
                        verbose_name="note",
                    ),
                ),
                ("status_changed_at", models.DateTimeField(editable=False, null=True)),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                (
                    "held_reason",
                    models.CharField(
                        blank=True, editable=False, help_text="Why it waits for a person.", max_length=300
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portal_idea",
                        to="feedback.feedbackitem",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="feedback.portalidea",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "portal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ideas", to="feedback.portal"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        help_text="The work that brings it; never shown on the portal.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portal_ideas",
                        to="projects.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PortalTelling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("considering", "Considering"),
                            ("planned", "Planned"),
                            ("in_progress", "In progress"),
                            ("shipped", "Shipped"),
                            ("not_planned", "Not planned"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("last_visitor_id", models.BigIntegerField(default=0, help_text="All up to this one have been told.")),
                ("told_count", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tellings", to="feedback.portalidea"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PortalVisitor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "origin",
                    models.CharField(
                        editable=False, help_text="How the server was addressed: links begin so.", max_length=200
                    ),
                ),
                ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                ("unsubscribe_key", models.CharField(editable=False, help_text="Stands in every mail.", max_length=64)),
                (
                    "unsubscribed_at",
                    models.DateTimeField(editable=False, help_text="Since when nothing is told.", null=True),
                ),
                ("blocked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PortalFollow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("is_requester", models.BooleanField(default=False, help_text="It is this visitor's own idea.")),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="feedback.portalidea",
                    ),
                ),
                (
                    "visitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="feedback.portalvisitor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PortalConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "act",
                    models.CharField(
                        choices=[("submit", "Submit"), ("vote", "Vote"), ("follow", "Follow")], max_length=6
                    ),
                ),
                (
                    "digest",
                    models.CharField(editable=False, help_text="SHA-256 of the token in the link.", max_length=64),
                ),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "portal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="feedback.portal"
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="feedback.portalidea"
                    ),
                ),
                (
                    "visitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmations",
                        to="feedback.portalvisitor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PortalVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "idea",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="feedback.portalidea",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "visitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="feedback.portalvisitor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "external_key",
                    models.CharField(
                        blank=True,
                        help_text="The key of this row in the system it came from; imports match on it.",
                        max_length=200,
                    ),
                ),
                ("name", models.CharField(help_text="A version or a name, such as 4.18.", max_length=100)),
                ("released_date", models.DateField(verbose_name="released on")),
                (
                    "notes",
                    models.TextField(
                        blank=True, help_text="What is new, as plain text; lines are kept.", max_length=20000
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(editable=False, help_text="Since when the changelog shows it.", null=True),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="portfolio.product"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        help_text="The project that made it; never shown on a portal.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="projects.project",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="portalidea",
            name="release",
            field=models.ForeignKey(
                blank=True,
                help_text="The release that brings it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ideas",
                to="feedback.release",
            ),
        ),
        migrations.AddIndex(
            model_name="portal",
            index=models.Index(fields=["organization", "id"], name="portal_by_org"),
        ),
        migrations.AddConstraint(
            model_name="portal",
            constraint=models.UniqueConstraint(
                fields=("product",),
                name="portal_once_per_product",
                violation_error_message="This product has a portal already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="portal",
            constraint=models.UniqueConstraint(
                fields=("organization", "slug"),
                name="portal_slug_unique",
                violation_error_message="Another portal has this address.",
            ),
        ),
        migrations.AddIndex(
            model_name="portaltelling",
            index=models.Index(fields=["organization", "id"], name="portal_telling_by_org"),
        ),
        migrations.AddIndex(
            model_name="portaltelling",
            index=models.Index(
                condition=models.Q(("finished_at", None)), fields=["organization", "id"], name="portal_telling_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="portalvisitor",
            index=models.Index(fields=["organization", "id"], name="portal_visitor_by_org"),
        ),
        migrations.AddConstraint(
            model_name="portalvisitor",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                django.db.models.functions.text.Lower("email"),
                name="portal_visitor_email_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="portalvisitor",
            constraint=models.UniqueConstraint(
                fields=("organization", "unsubscribe_key"), name="portal_visitor_key_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="portalfollow",
            index=models.Index(fields=["organization", "id"], name="portal_follow_by_org"),
        ),
        migrations.AddConstraint(
            model_name="portalfollow",
            constraint=models.UniqueConstraint(
                fields=("idea", "visitor"), name="portal_follow_once", violation_error_message="You follow this."
            ),
        ),
        migrations.AddIndex(
            model_name="portalconfirmation",
            index=models.Index(fields=["organization", "id"], name="portal_confirmation_by_org"),
        ),
        migrations.AddIndex(
            model_name="portalconfirmation",
            index=models.Index(fields=["visitor", "created_at"], name="portal_confirmation_by_visitor"),
        ),
        migrations.AddConstraint(
            model_name="portalconfirmation",
            constraint=models.UniqueConstraint(fields=("organization", "digest"), name="portal_confirmation_digest"),
        ),
        migrations.AddIndex(
            model_name="portalvote",
            index=models.Index(fields=["organization", "id"], name="portal_vote_by_org"),
        ),
        migrations.AddConstraint(
            model_name="portalvote",
            constraint=models.UniqueConstraint(
                fields=("idea", "visitor"), name="portal_vote_once", violation_error_message="You have voted for this."
            ),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(fields=["organization", "id"], name="release_by_org"),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(fields=["organization", "-released_date", "-id"], name="release_by_day"),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                models.F("product"),
                django.db.models.functions.text.Lower("name"),
                name="release_name_unique_of_product",
                violation_error_message="Another release of this product has this name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_key", ""), _negated=True),
                fields=("organization", "external_key"),
                name="release_external_key_unique",
                violation_error_message="Another release has this external key.",
            ),
        ),
        migrations.AddIndex(
            model_name="portalidea",
            index=models.Index(fields=["organization", "id"], name="portal_idea_by_org"),
        ),
        migrations.AddIndex(
            model_name="portalidea",
            index=models.Index(fields=["organization", "portal", "-published_at", "-id"], name="portal_idea_by_portal"),
        ),
        migrations.AddConstraint(
            model_name="portalidea",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "not_planned"), _negated=True),
                    models.Q(("status_note", ""), _negated=True),
                    _connector="OR",
                ),
                name="portal_idea_not_planned_with_reason",
                violation_error_message="Say why it is not planned.",
            ),
        ),
        migrations.AddConstraint(
            model_name="portalidea",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into", None), models.Q(("merged_into", models.F("id")), _negated=True), _connector="OR"
                ),
                name="portal_idea_not_into_itself",
                violation_error_message="An idea is not merged into itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="portalidea",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_key", ""), _negated=True),
                fields=("organization", "external_key"),
                name="portal_idea_external_key_unique",
                violation_error_message="Another idea has this external key.",
            ),
        ),
        TenantPolicy("feedback_portal"),
        TenantPolicy("feedback_portalidea"),
        TenantPolicy("feedback_portalvisitor"),
        TenantPolicy("feedback_portalconfirmation"),
        TenantPolicy("feedback_portalvote"),
        TenantPolicy("feedback_portalfollow"),
        TenantPolicy("feedback_portaltelling"),
        TenantPolicy("feedback_release"),
    ]
