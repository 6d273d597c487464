/* GET /accessibility: the statement (Directive (EU) 2019/882, annex V), made here so that it needs
 * no script. What it says of the pages is the program's and true of every installation; who answers
 * for the service stands in the catalogue, and where it does not, the page says so. */
#include "api/resources.h"

#include "api/html.h"
#include "api/pdf_text.h"

enum { PAGE_MAX = 32 * 1024 };

/* --- words --- */

enum { LIMITS = 4, TESTS = 3 };

struct words {
    const char *title, *billing, *lead, *lead_unnamed;
    const char *status_title, *status;
    const char *tests_title, *tests[TESTS];
    const char *limits_title, *limits[LIMITS];
    const char *feedback_title, *feedback, *no_feedback;
    const char *email, *phone, *address;
    const char *law_title, *law, *law_unknown;
    const char *reviewed, *never_reviewed;
};

static const struct words all_words[] = {
    [LANGUAGE_EN] =
        {
            .title = "Accessibility",
            .billing = "Billing",
            .lead = "wants everybody to be able to use these pages: pricing, billing, signing in, "
                    "contracts and privacy.",
            .lead_unnamed =
                "This statement is about these pages: pricing, billing, signing in, contracts and "
                "privacy. Whoever runs this service has not put their name to it yet.",
            .status_title = "How far the pages conform",
            .status =
                "The pages are made to meet WCAG 2.2 at level AA, and with it chapter 9 of EN 301 "
                "549 (V3.2.1), which takes up WCAG 2.1 at level AA. They conform in part: what "
                "does "
                "not is listed below.",
            .tests_title = "How that was found out",
            .tests =
                {
                    "By the makers of the software themselves, not by an independent body.",
                    "The pages are checked by a program (axe-core) whenever the software changes, "
                    "in "
                    "light and in dark, on narrow and on wide screens.",
                    "Buying a plan, from the first visit to the invoice, is walked by keyboard "
                    "alone in the "
                    "same checks. People who depend on assistive technology have not been asked so "
                    "far.",
                },
            .limits_title = "What is in the way",
            .limits =
                {
                    "Invoices and certificates as PDF are not tagged: a screen reader may read "
                    "them "
                    "in a wrong order. What is in them is on the billing page as well.",
                    "Cards and bank accounts are entered in the payment provider's pages or "
                    "fields, "
                    "which are not ours.",
                    "The pages need JavaScript, except pricing, this one, and those behind links "
                    "of "
                    "mails.",
                    "The pages behind links of mails, to pay an invoice and to stop a kind of "
                    "mail, "
                    "are in English alone.",
                },
            .feedback_title = "Tell us of a barrier",
            .feedback =
                "Write which page it was, what you wanted to do and, if you like, with which "
                "browser "
                "and which assistive technology. You can also ask for what a page says in another "
                "form.",
            .no_feedback = "No address to write to has been given for this service.",
            .email = "E-mail",
            .phone = "Telephone",
            .address = "Post",
            .law_title = "If the answer does not help",
            .law = "You may turn to the authority that watches over it:",
            .law_unknown = "You may turn to the authority of your country that watches over the "
                           "accessibility of services.",
            .reviewed = "This statement was last reviewed on",
            .never_reviewed = "Nobody has reviewed this statement for this service yet.",
        },
    [LANGUAGE_DE] =
        {
            .title = "Barrierefreiheit",
            .billing = "Abrechnung",
            .lead =
                "möchte, dass alle diese Seiten benutzen können: Preise, Abrechnung, Anmeldung, "
                "Verträge und Datenschutz.",
            .lead_unnamed =
                "Diese Erklärung gilt für diese Seiten: Preise, Abrechnung, Anmeldung, Verträge "
                "und "
                "Datenschutz. Wer diesen Dienst betreibt, hat sich in ihr noch nicht genannt.",
            .status_title = "Wie weit die Seiten den Anforderungen entsprechen",
            .status =
                "Die Seiten sollen die WCAG 2.2 auf Stufe AA erfüllen und damit Kapitel 9 der EN "
                "301 "
                "549 (V3.2.1), die die WCAG 2.1 auf Stufe AA übernimmt. Sie entsprechen ihnen "
                "teilweise: Was nicht entspricht, steht unten.",
            .tests_title = "Wie das festgestellt wurde",
            .tests =
                {
                    "Von den Herstellern der Software selbst, nicht von einer unabhängigen Stelle.",
                    "Die Seiten werden bei jeder Änderung der Software von einem Programm geprüft "
                    "(axe-core), hell und dunkel, auf schmalen und breiten Bildschirmen.",
                    "Der Weg vom ersten Besuch bis zur Rechnung wird dabei auch allein mit der "
                    "Tastatur "
                    "durchgespielt. Menschen, die auf Hilfsmittel angewiesen sind, wurden bisher "
                    "nicht befragt.",
                },
            .limits_title = "Was im Weg steht",
            .limits =
                {
                    "Rechnungen und Bescheinigungen als PDF sind nicht ausgezeichnet: Ein "
                    "Vorleseprogramm liest sie womöglich in falscher Reihenfolge. Was in ihnen "
                    "steht, "
                    "steht auch auf der Seite zur Abrechnung.",
                    "Karten und Bankkonten werden auf Seiten oder in Feldern des Zahlungsdienstes "
                    "eingegeben, die nicht unsere sind.",
                    "Die Seiten brauchen JavaScript, außer den Preisen, dieser und denen hinter "
                    "Links "
                    "in E-Mails.",
                    "Die Seiten hinter Links in E-Mails, um eine Rechnung zu bezahlen und um eine "
                    "Art "
                    "von E-Mails abzubestellen, gibt es nur auf Englisch.",
                },
            .feedback_title = "Eine Barriere melden",
            .feedback =
                "Schreiben Sie, welche Seite es war, was Sie tun wollten und, wenn Sie mögen, mit "
                "welchem Browser und welchem Hilfsmittel. Sie können auch um den Inhalt einer "
                "Seite in "
                "anderer Form bitten.",
            .no_feedback = "Für diesen Dienst ist keine Adresse angegeben.",
            .email = "E-Mail",
            .phone = "Telefon",
            .address = "Post",
            .law_title = "Wenn die Antwort nicht hilft",
            .law = "Sie können sich an die Stelle wenden, die darüber wacht:",
            .law_unknown = "Sie können sich an die Stelle Ihres Landes wenden, die über die "
                           "Barrierefreiheit von Dienstleistungen wacht.",
            .reviewed = "Diese Erklärung wurde zuletzt geprüft am",
            .never_reviewed = "Diese Erklärung hat für diesen Dienst noch niemand geprüft.",
        },
};
static_assert(ARRAY_LEN(all_words) == LANGUAGE_COUNT, "in each language");

/* --- parts of the page --- */

static void add(struct buf *page, const char *text) {
    buf_add(page, str_from_cstr(text));
}

static void add_title(struct buf *page, const char *title) {
    buf_printf(page, "<h2>%s</h2>", title);
}

static void add_list(struct buf *page, const char *const *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        buf_printf(page, "<li>%s</li>", items[i]);
    }
}

/* The stylesheet of all pages, by whatever name the build gave it. */
static void add_style(const struct api *api, struct buf *page) {
    const struct api_assets *assets = &api->options.assets;
    struct str path;
    struct api_asset asset;
    for (size_t i = 0; assets->at != NULL && assets->at(assets->context, i, &path, &asset); i++) {
        if (str_starts_with(path, STR("/assets/style-")) && str_ends_with(path, STR(".css"))) {
            buf_printf(page, "<link rel=\"stylesheet\" href=\"" STR_FMT "\">", STR_ARG(path));
            return;
        }
    }
}

static void add_head(const struct api *api, enum language language, struct buf *page) {
    const struct words *words = &all_words[language];
    buf_printf(page,
               "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
               "<meta name=\"color-scheme\" content=\"light dark\">"
               "<title>%s · Turnpike</title>"
               "<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">",
               language_name(language), words->title);
    add_style(api, page);
    buf_printf(page,
               "</head><body><header class=\"header\"><div class=\"header-row\">"
               "<a class=\"brand\" href=\"/pricing\">Turnpike</a>"
               "<a href=\"/billing\">%s</a></div></header>"
               "<main class=\"main accessibility\" id=\"main\"><h1>%s</h1>",
               words->billing, words->title);
}

static void add_status(const struct words *words, const struct accessibility *said,
                       struct buf *page) {
    add(page, "<p>");
    if (said->is_said) {
        html_add(page, str_from_cstr(said->operator_name));
        buf_printf(page, " %s</p>", words->lead);
    } else {
        buf_printf(page, "%s</p>", words->lead_unnamed);
    }
    add_title(page, words->status_title);
    buf_printf(page, "<p>%s</p>", words->status);
    add_title(page, words->limits_title);
    add(page, "<ul>");
    add_list(page, words->limits, LIMITS);
    for (size_t i = 0; i < said->limit_count; i++) {
        add(page, "<li>");
        html_add(page, str_from_cstr(said->limits[i]));
        add(page, "</li>");
    }
    add(page, "</ul>");
    add_title(page, words->tests_title);
    add(page, "<ul>");
    add_list(page, words->tests, TESTS);
    add(page, "</ul>");
}

static void add_entry(struct buf *page, const char *name, const char *value) {
    if (value[0] != '\0') {
        buf_printf(page, "<dt>%s</dt><dd>", name);
        html_add(page, str_from_cstr(value));
        add(page, "</dd>");
    }
}

static void add_feedback(const struct words *words, const struct accessibility *said,
                         struct buf *page) {
    add_title(page, words->feedback_title);
    if (!said->is_said) {
        buf_printf(page, "<p>%s</p>", words->no_feedback);
        return;
    }
    buf_printf(page, "<p>%s</p><dl><dt>%s</dt><dd><a href=\"mailto:", words->feedback,
               words->email);
    html_add(page, str_from_cstr(said->email));
    add(page, "\">");
    html_add(page, str_from_cstr(said->email));
    add(page, "</a></dd>");
    add_entry(page, words->phone, said->phone);
    add_entry(page, words->address, said->address);
    add(page, "</dl>");
}

static void add_law(const struct words *words, const struct accessibility *said, struct buf *page) {
    const struct accessibility_authority *known =
        accessibility_authority_of(str_from_cstr(said->country));
    add_title(page, words->law_title);
    if (said->authority[0] != '\0') {
        buf_printf(page, "<p>%s</p><p>", words->law);
        html_add(page, str_from_cstr(said->authority));
        add(page, "</p>");
    } else if (known != NULL) {
        buf_printf(page, "<p>%s</p><p><a href=\"%s\" rel=\"noreferrer\">", words->law, known->url);
        html_add(page, str_from_cstr(known->name));
        add(page, "</a></p>");
    } else {
        buf_printf(page, "<p>%s</p>", words->law_unknown);
    }
    if (said->is_said) {
        buf_printf(page, "<p>%s <time datetime=\"%s\">%s</time>.</p>", words->reviewed,
                   said->reviewed, said->reviewed);
    } else {
        buf_printf(page, "<p>%s</p>", words->never_reviewed);
    }
}

void accessibility_page(struct api_request *request) {
    const struct accessibility *said = &request->api->app->catalogue->accessibility;
    enum language language = pdf_language(request);
    const struct words *words = &all_words[language];
    struct buf page;
    buf_init(&page, request->api->env, PAGE_MAX);
    add_head(request->api, language, &page);
    add_status(words, said, &page);
    add_feedback(words, said, &page);
    add_law(words, said, &page);
    add(&page, "</main></body></html>");
    struct http_response response = {.status = 200, .body = buf_finish_in(&page, request->arena)};
    if (response.body.len == 0) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    http_add_header(&response, STR("Content-Type"), STR("text/html; charset=utf-8"));
    http_add_header(&response, STR("Content-Language"), str_from_cstr(language_name(language)));
    http_add_header(&response, STR("Vary"), STR("Accept-Language"));
    reply_as(request, HEADERS_DOCUMENT, &response);
}
