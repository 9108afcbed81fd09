"""Addresses of the overview, portfolios, products, lines, parked rows and the search."""

from django.urls import path

from portfolio import views

app_name = "portfolio"
urlpatterns = [
    path("", views.home, name="home"),
    path("tiles/", views.home_tiles, name="home-tiles"),
    path("portfolios/<int:pk>/", views.portfolio_detail, name="portfolio-detail"),
    path("portfolios/<int:pk>/tiles/", views.portfolio_tiles, name="portfolio-tiles"),
    path("portfolios/", views.portfolio_list, name="portfolio-list"),
    path("portfolios/new/", views.portfolio_create, name="portfolio-create"),
    path("portfolios/<int:pk>/budget/", views.portfolio_budget, name="portfolio-budget"),
    path("portfolios/<int:pk>/levelling/", views.portfolio_levelling, name="portfolio-levelling"),
    path("portfolios/<int:pk>/edit/", views.portfolio_edit, name="portfolio-edit"),
    path("portfolios/<int:pk>/archive/", views.portfolio_archive, name="portfolio-archive"),
    path("portfolios/<int:pk>/restore/", views.portfolio_restore, name="portfolio-restore"),
    path("products/", views.product_list, name="product-list"),
    path("products/new/", views.product_create, name="product-create"),
    path("products/<int:pk>/", views.product_detail, name="product-detail"),
    path("products/<int:pk>/decisions/", views.product_decisions, name="product-decisions"),
    path("products/<int:pk>/history/", views.product_history, name="product-history"),
    path("products/<int:pk>/voices/", views.product_voices, name="product-voices"),
    path("products/<int:pk>/profit/", views.product_profit, name="product-profit"),
    path("products/<int:pk>/edit/", views.product_edit, name="product-edit"),
    path("products/<int:pk>/archive/", views.product_archive, name="product-archive"),
    path("products/<int:pk>/restore/", views.product_restore, name="product-restore"),
    path("products/<int:pk>/stance/", views.product_stance, name="product-stance"),
    path("product-lines/", views.line_list, name="line-list"),
    path("product-lines/new/", views.line_create, name="line-create"),
    path("product-lines/<int:pk>/", views.line_detail, name="line-detail"),
    path("product-lines/<int:pk>/edit/", views.line_edit, name="line-edit"),
    path("product-lines/<int:pk>/archive/", views.line_archive, name="line-archive"),
    path("product-lines/<int:pk>/restore/", views.line_restore, name="line-restore"),
    path("product-lines/<int:pk>/stance/", views.line_stance, name="line-stance"),
    path("projects/<int:pk>/products/", views.project_shares, name="project-shares"),
    path("parked/", views.parked, name="parked"),
    path("parked/<str:kind>/<int:pk>/", views.parked_save, name="parked-save"),
    path("parked/undo/<int:first>/<int:last>/", views.parked_undo, name="parked-undo"),
    path("capacity/", views.capacity, name="capacity"),
    path("search/", views.search, name="search"),
]
