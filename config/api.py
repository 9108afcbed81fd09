"""The router of the REST API, and its documentation."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from accounts.api.resources import MemberViewSet, MeView, OrganizationView
from accounts.api.views import SavedViewViewSet
from core.api import unknown_url
from core.api.documentation import documentation, schema
from events.api import EventViewSet, JobViewSet, WebhookDeliveryViewSet, WebhookEndpointViewSet
from feedback.api import (
    BeforeAfterView,
    CustomerAccountViewSet,
    DraftingEndpointView,
    FeedbackAgreementView,
    FeedbackItemViewSet,
    FeedbackLinkViewSet,
    FeedbackPolicyView,
    FeedbackReplyViewSet,
    FoundItemsView,
    IntakeHookViewSet,
    MailboxViewSet,
    NearestItemsView,
    PortalIdeaViewSet,
    PortalViewSet,
    ProductFiguresView,
    ReleaseViewSet,
    RiverView,
    ThemeFiguresView,
    ThemeViewSet,
    UserStoryViewSet,
)
from finance.api import (
    BenefitMonthsView,
    BenefitViewSet,
    BudgetLinesView,
    BudgetViewSet,
    BusinessCaseViewSet,
    CaseFiguresView,
    EarnedValueView,
    EntryViewSet,
    NodeBudgetView,
    RateViewSet,
)
from integrations.api import PlanImportViewSet, ProgramMspdiView, ProjectMspdiView
from portfolio.api import (
    DemandMonthViewSet,
    MoneyMonthViewSet,
    NodeRollupView,
    PortfolioViewSet,
    ProductLineViewSet,
    ProductViewSet,
    ProjectProductsView,
    RollupViewSet,
    StanceDecisionViewSet,
)
from programs.api import MeasureViewSet, ProgramViewSet
from projects.api import (
    ActivityViewSet,
    BaselineActivitiesView,
    BaselineViewSet,
    DependencyViewSet,
    ForecastViewSet,
    LevellingViewSet,
    ProjectViewSet,
    RiskViewSet,
    SchedulePreviewView,
)
from resources.api import (
    AbsenceViewSet,
    AllocationViewSet,
    CalendarViewSet,
    CapacityMonthsView,
    CapacityViewSet,
    PersonViewSet,
    ResourceRoleViewSet,
    RoleRateViewSet,
    SkillViewSet,
    TeamViewSet,
    UtilizationView,
)
from scoring.api import (
    RankingExplanationView,
    RankingsView,
    ScorecardViewSet,
    ScoreViewSet,
    StabilityRunViewSet,
)
from scoring.api.language import FormulaCheckView, ScoringFactsView, ScoringTemplatesView
from scoring.api.model import CriterionViewSet, ModelVersionsView, ScoringModelViewSet
from scoring.api.session import ScoringSessionViewSet
from scoring.api.session_parts import (
    SessionItemsView,
    SessionItemView,
    SessionRatersView,
    SessionRaterView,
    SessionResultsView,
    SessionVotesView,
)
from scoring.api.weight import ComparisonsView, CoverageView, WeightSetViewSet

router = SimpleRouter(use_regex_path=False)
router.register("portfolios", PortfolioViewSet, "portfolio")
router.register("programs", ProgramViewSet, "program")
router.register("measures", MeasureViewSet, "measure")
router.register("projects", ProjectViewSet, "project")
router.register("activities", ActivityViewSet, "activity")
router.register("dependencies", DependencyViewSet, "dependency")
router.register("baselines", BaselineViewSet, "baseline")
router.register("forecasts", ForecastViewSet, "forecast")
router.register("levellings", LevellingViewSet, "levelling")
router.register("risks", RiskViewSet, "risk")
router.register("calendars", CalendarViewSet, "calendar")
router.register("teams", TeamViewSet, "team")
router.register("resource-roles", ResourceRoleViewSet, "resource-role")
router.register("role-rates", RoleRateViewSet, "role-rate")
router.register("skills", SkillViewSet, "skill")
router.register("people", PersonViewSet, "person")
router.register("absences", AbsenceViewSet, "absence")
router.register("allocations", AllocationViewSet, "allocation")
router.register("capacities", CapacityViewSet, "capacity")
router.register("product-lines", ProductLineViewSet, "product-line")
router.register("products", ProductViewSet, "product")
router.register("stance-decisions", StanceDecisionViewSet, "stance-decision")
router.register("entries", EntryViewSet, "entry")
router.register("exchange-rates", RateViewSet, "exchange-rate")
router.register("budgets", BudgetViewSet, "budget")
router.register("rollups", RollupViewSet, "rollup")
router.register("money-months", MoneyMonthViewSet, "money-month")
router.register("demand-months", DemandMonthViewSet, "demand-month")
router.register("business-cases", BusinessCaseViewSet, "business-case")
router.register("benefits", BenefitViewSet, "benefit")
router.register("scoring-sessions", ScoringSessionViewSet, "scoring-session")
router.register("scoring-models", ScoringModelViewSet, "scoring-model")
router.register("criteria", CriterionViewSet, "criterion")
router.register("scores", ScoreViewSet, "score")
router.register("scorecards", ScorecardViewSet, "scorecard")
router.register("stability-runs", StabilityRunViewSet, "stability-run")
router.register("weight-sets", WeightSetViewSet, "weight-set")
router.register("feedback-items", FeedbackItemViewSet, "feedback-item")
router.register("customer-accounts", CustomerAccountViewSet, "customer-account")
router.register("feedback-links", FeedbackLinkViewSet, "feedback-link")
router.register("feedback-themes", ThemeViewSet, "feedback-theme")
router.register("mailboxes", MailboxViewSet, "mailbox")
router.register("intake-hooks", IntakeHookViewSet, "intake-hook")
router.register("feedback-replies", FeedbackReplyViewSet, "feedback-reply")
router.register("user-stories", UserStoryViewSet, "user-story")
router.register("portals", PortalViewSet, "portal")
router.register("portal-ideas", PortalIdeaViewSet, "portal-idea")
router.register("releases", ReleaseViewSet, "release")
router.register("plan-imports", PlanImportViewSet, "plan-import")
router.register("events", EventViewSet, "event")
router.register("jobs", JobViewSet, "job")
router.register("webhook-endpoints", WebhookEndpointViewSet, "webhook-endpoint")
router.register("webhook-deliveries", WebhookDeliveryViewSet, "webhook-delivery")
router.register("members", MemberViewSet, "member")
router.register("saved-views", SavedViewViewSet, "saved-view")

NODES = {"projects": "project", "programs": "program", "portfolios": "portfolio", "products": "product"}
v1: list[URLPattern | URLResolver] = [
    *router.urls,
    *[
        path(
            f"{plural}/<int:pk>/rollup/", NodeRollupView.as_view({"get": "retrieve"}, node=node), name=f"{node}-rollup"
        )
        for plural, node in NODES.items()
    ],
    *[
        path(
            f"{kind}s/<int:pk>/business-case/", CaseFiguresView.as_view(kind=kind), name=f"{kind}-business-case-figures"
        )
        for kind in ("project", "program", "product")
    ],
    *[
        path(f"{kind}s/<int:pk>/earned-value/", EarnedValueView.as_view(kind=kind), name=f"{kind}-earned-value")
        for kind in ("project", "program")
    ],
    path("benefits/<int:pk>/months/", BenefitMonthsView.as_view(), name="benefit-months"),
    path("projects/<int:pk>/mspdi/", ProjectMspdiView.as_view(), name="project-mspdi"),
    path("programs/<int:pk>/mspdi/", ProgramMspdiView.as_view(), name="program-mspdi"),
    path("projects/<int:pk>/products/", ProjectProductsView.as_view(), name="project-products"),
    path("baselines/<int:pk>/activities/", BaselineActivitiesView.as_view({"get": "list"}), name="baseline-activities"),
    path("scoring-sessions/<int:pk>/votes/", SessionVotesView.as_view(), name="scoring-session-votes"),
    path("scoring-sessions/<int:pk>/results/", SessionResultsView.as_view(), name="scoring-session-results"),
    path("scoring-sessions/<int:pk>/items/", SessionItemsView.as_view(), name="scoring-session-items"),
    path("scoring-sessions/<int:pk>/items/<int:item>/", SessionItemView.as_view(), name="scoring-session-item"),
    path("scoring-sessions/<int:pk>/raters/", SessionRatersView.as_view(), name="scoring-session-raters"),
    path("scoring-sessions/<int:pk>/raters/<int:rater>/", SessionRaterView.as_view(), name="scoring-session-rater"),
    path("utilization/", UtilizationView.as_view(), name="utilization"),
    path("capacity-months/", CapacityMonthsView.as_view(), name="capacity-months"),
    path("budgets/<int:pk>/lines/", BudgetLinesView.as_view({"get": "list"}), name="budget-lines"),
    *[
        path(f"{node}s/<int:pk>/budget/", NodeBudgetView.as_view(node=node), name=f"{node}-budget")
        for node in ("project", "program", "product")
    ],
    path(
        "scoring-models/<int:pk>/versions/", ModelVersionsView.as_view({"get": "list"}), name="scoring-model-versions"
    ),
    path("scoring-models/<int:pk>/check/", FormulaCheckView.as_view(), name="scoring-model-check"),
    path("scoring-templates/", ScoringTemplatesView.as_view(), name="scoring-templates"),
    path("scoring-facts/", ScoringFactsView.as_view(), name="scoring-facts"),
    path("weight-sets/<int:pk>/comparisons/", ComparisonsView.as_view(), name="weight-set-comparisons"),
    path("scoring-models/<int:pk>/coverage/", CoverageView.as_view(), name="scoring-model-coverage"),
    path("schedule/preview/", SchedulePreviewView.as_view(), name="schedule-preview"),
    path("feedback-insights/", RiverView.as_view(), name="feedback-insights"),
    path("feedback-insights/themes/", ThemeFiguresView.as_view(), name="feedback-insights-themes"),
    path("feedback-insights/products/", ProductFiguresView.as_view(), name="feedback-insights-products"),
    path("feedback-insights/release/", BeforeAfterView.as_view(), name="feedback-insights-release"),
    path("rankings/", RankingsView.as_view(), name="rankings"),
    path("rankings/explanation/", RankingExplanationView.as_view(), name="ranking-explanation"),
    path("feedback-policy/", FeedbackPolicyView.as_view(), name="feedback-policy"),
    path("feedback-agreement/", FeedbackAgreementView.as_view(), name="feedback-agreement"),
    path("drafting-endpoint/", DraftingEndpointView.as_view(), name="drafting-endpoint"),
    path(
        "feedback-items/<int:pk>/nearest/", NearestItemsView.as_view({"get": "retrieve"}), name="feedback-item-nearest"
    ),
    path("feedback-items/search/", FoundItemsView.as_view({"get": "list"}), name="feedback-item-search"),
    path("organization/", OrganizationView.as_view(), name="organization"),
    path("me/", MeView.as_view(), name="me"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(v1)),
    path("schema/", schema, name="schema"),
    path("docs/", documentation, name="docs"),
    re_path(r"^.*$", unknown_url, name="unknown"),
]
