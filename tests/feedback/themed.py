"""Texts about three things, for tests of themes."""

EXPORT = (
    "Export to CSV fails with an error",
    "CSV export is broken since Monday",
    "I cannot export to CSV any more",
    "The CSV export misses half of the rows",
    "Export to CSV is very slow",
    "CSV export loses the column names",
)
LOGIN = (
    "Login with SSO fails for our team",
    "I cannot log in with SSO",
    "SSO login is broken again",
    "Single sign-on login ends in an error",
    "SSO login loops back to the start",
    "Our SSO login asks twice",
)
DARK = (
    "Please add a dark mode",
    "Dark mode please, my eyes hurt",
    "A dark theme would be nice",
    "I want dark mode on the phone",
    "Dark mode for the night shift",
    "The dark theme is missing",
)
TAX = (
    "The invoice has a wrong tax rate",
    "Wrong tax on the invoice",
    "The tax of the invoice is wrong",
    "Invoices show the wrong VAT tax",
    "Tax is missing on invoices",
    "The invoice adds tax twice",
)
ALL = (*EXPORT, *LOGIN, *DARK)
