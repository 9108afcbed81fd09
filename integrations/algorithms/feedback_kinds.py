"""Kinds of rows about customers: their accounts, and what they said."""

from integrations.algorithms.targets import Kind, Target, key_target, name_target

#: As long as a cell may be.
LONGEST_SAID = 100_000

CUSTOMER_ACCOUNT = Kind(
    "customer_account",
    "Customer account",
    "Customer accounts",
    "account.edit",
    "customer, customers, account, accounts, client, clients, customer accounts, customer account, company, companies",
    (
        key_target(
            "account id, customer id, client id, company id, organization id, crm id, record id, account number,"
            " customer number, account key, customer key, account code, customer code"
        ),
        name_target(
            "account, customer, client, company, account name, customer name, client name, company name, organization,"
            " organization name, organisation, kunde, firma, kundenname, cliente, empresa, entreprise"
        ),
        Target(
            "segment", "Segment", "text",
            "segment, customer segment, industry, sector, tier, customer type, vertical, market, category, branche,"
            " segmento",
            longest=100, is_exact=True,
        ),
        Target(
            "arr_amount", "Annual recurring revenue", "money",
            "arr, annual recurring revenue, recurring revenue, annual contract value, acv", at_least_zero=True,
            is_exact=True,
        ),
        Target("currency", "Currency", "text", "currency, currency code, arr currency", longest=3, is_exact=True),
        Target(
            "renews_date", "Renews on", "date",
            "renewal, renews on, renews, renewal on, next renewal, contract end, contract end date, subscription end,"
            " expires, expires on, expiry, expiration, valid until",
        ),
        Target(
            "email_domain", "E-mail domain", "domain",
            "email domain, domain, domain name, company domain, company domain name, website, web site, homepage,"
            " company website, url",
            longest=253, is_soft=True, is_exact=True,
        ),
        Target(
            "owner", "Owner", "person",
            "owner, account owner, account manager, csm, customer success manager, owner email, manager",
        ),
    ),
)  # fmt: skip
FEEDBACK_ITEM = Kind(
    "feedback_item",
    "Feedback item",
    "Feedback items",
    "feedback.add",
    "feedback, review, reviews, comment, comments, survey, responses, survey responses, nps, customer feedback,"
    " customer reviews, customer comments, tickets, verbatims",
    (
        Target(
            "text", "Text", "prose",
            "text, feedback, comment, review, comments, message, what, body, review text, feedback text, comment text,"
            " what was said, content, verbatim, answer, response, free text, nps comment, nps feedback, quote,"
            " statement, suggestion, opinion, remark, remarks, review body, review content, reviews, review comment,"
            " customer comment, customer feedback, user feedback, description, issue description, note, notes,"
            " kommentar, rezension, bewertung, rückmeldung, nachricht, commentaire, avis, comentario, opinión, reseña,"
            " mensaje",
            longest=LONGEST_SAID, is_needed=True,
        ),
        Target(
            "title", "Title", "text",
            "title, review title, headline, subject, summary, review summary, review headline, ticket subject,"
            " betreff, objet, asunto",
            longest=300, is_soft=True, is_exact=True,
        ),
        Target(
            "author_name", "Author", "text",
            "author, reviewer, who, author name, reviewer name, user, user name, username, nickname, name, full name,"
            " respondent, respondent name, requester, requester name, contact, contact name, contact person, submitter,"
            " submitted by, reporter, reported by, posted by, created by, sender, from, autor, verfasser, auteur,"
            " usuario",
            is_soft=True, is_exact=True,
        ),
        Target(
            "author_email", "E-mail address", "email",
            "e mail, email, mail, email address, e mail address, author email, reviewer email, customer email,"
            " contact email, user email, requester email, respondent email, sender email, from, from email, user,"
            " author, contact, requester, respondent, username, correo",
            longest=254, is_soft=True, is_exact=True,
        ),
        Target(
            "author_role", "Role of the author", "text",
            "role, author role, job title, job, position, persona, function, user role",
            longest=100, is_soft=True, is_exact=True,
        ),
        Target(
            "account", "Account", "reference",
            "account, customer, client, company, account name, customer name, client name, company name, organization,"
            " organization name, organisation, account id, customer id, client id, company id, account key,"
            " customer key, account number, customer number, kunde, firma, kundenname, cliente, empresa, entreprise",
            to="customer_account", is_soft=True, is_exact=True,
        ),
        Target(
            "product", "Product", "reference",
            "product, product name, product code, product id, product key, sku, app, app name, application, produkt",
            to="product", is_soft=True, is_exact=True,
        ),
        Target(
            "rating", "Star rating", "rating",
            "rating, stars, star rating, score, star, review rating, review score, overall rating, bewertung, sterne,"
            " note, étoiles, estrellas, calificación, puntuación",
            is_soft=True, is_exact=True,
        ),
        Target(
            "said_at", "Day", "instant",
            "date, created at, created, said on, said, review date, feedback date, submitted at, submitted, submission,"
            " posted, posted at, posted on, time, timestamp, response date, received, received at, when,"
            " review submit date and time, sent, sent at, published, published at, comment date, survey date,"
            " ticket created, ticket created at, created on, creation, opened, opened at, completed at, created utc,"
            " datum, fecha, erstellt, erstellt am, date de création",
        ),
        Target(
            "language", "Language", "language",
            "language, lang, locale, review language, reviewer language, user language, language code, sprache, langue,"
            " idioma",
            is_soft=True, is_exact=True,
        ),
        Target(
            "source_url", "Source", "url",
            "url, link, source url, source link, review link, review url, ticket url, ticket link, permalink, href,"
            " source, web address",
            longest=2_000, is_soft=True, is_exact=True,
        ),
        Target(
            "owner", "Owner", "person", "owner, assignee, owner email, assignee email, handled by", is_exact=True,
        ),
        key_target(
            "ticket, ticket id, review id, feedback id, item id, response id, respondent id, comment id, message id,"
            " case, case id, case number, ticket number, submission id, issue, issue key, issue id, reference",
            is_exact=True,
        ),
    ),
)  # fmt: skip
