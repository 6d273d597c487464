#include "api/pricing.h"

#include "api/experiment_viewer.h"
#include "api/html.h"
#include "api/pages.h"
#include "api/pdf_text.h"
#include "api/stats.h"
#include "app/appearance.h"
#include "app/customer.h"
#include "app/person.h"
#include "app/plan_versions.h"
#include "base/crypto.h"
#include "core/experiment_speed.h"
#include "core/plan_book.h"

enum { PAGE_MAX = 256 * 1024 };

/* --- who looks --- */

/* As the pages name them: by the person's address, or else their customer's. */
static struct err read_address(struct pricing_view *view, struct tx *tx) {
    const struct signed_in *session = &view->request->session;
    struct person_row person;
    struct customer_row customer;
    bool is_found = false;
    TRY(person_read(tx, session->person_id, &person, &is_found));
    if (is_found && person.email.len > 0) {
        view->address = person.email;
        return OK;
    }
    TRY(customer_read(tx, session->user_id, &customer, &is_found));
    view->address = is_found ? customer.email : STR("");
    return OK;
}

/* Who looks at whose pages, in the words of the banner. */
static struct err read_looking(struct pricing_view *view, struct tx *tx) {
    const struct signed_in *session = &view->request->session;
    struct person_row person;
    struct customer_row customer;
    bool has_person = false;
    bool has_customer = false;
    TRY(person_read(tx, session->person_id, &person, &has_person));
    TRY(customer_read(tx, session->user_id, &customer, &has_customer));
    view->is_looking = true;
    if (has_person) {
        view->looks = person.name.len > 0 ? person.name : person.email;
    }
    view->seen = has_customer ? customer.name : session->user_id;
    view->reason = session->reason;
    struct text text;
    char bytes[LOCALE_TEXT_SIZE];
    text_init(&text, bytes, sizeof bytes);
    locale_instant(&text, view->language, session->expires_at);
    view->until = arena_str(view->arena, str_of(bytes, text.len));
    return OK;
}

static struct err read_zone(struct pricing_view *view, struct tx *tx) {
    const struct signed_in *session = &view->request->session;
    struct appearance_settings settings;
    TRY(appearance_in_force(tx, session->person_id, session->user_id, &settings));
    view->zone = settings.time_zone.len > 0 ? settings.time_zone : view->zone;
    return OK;
}

/* Whoever has yet to prove who they are is told nothing of what is theirs. */
static struct err read_viewer(struct pricing_view *view) {
    struct api_request *request = view->request;
    const struct signed_in *session = &request->session;
    struct tx tx = request_read(request);
    view->is_signed_in = true;
    view->is_operator = session->user_id.len == 0 && !session->is_pending;
    view->may_change =
        role_may(session->role, PERMISSION_BILLING_WRITE) && session->kind != SESSION_IMPERSONATION;
    TRY(read_address(view, &tx));
    if (!session->is_pending) {
        TRY(read_zone(view, &tx));
    }
    if (session->kind == SESSION_IMPERSONATION) {
        TRY(read_looking(view, &tx));
    }
    if (session->user_id.len > 0 && !session->is_pending) {
        TRY(subscription_view_read(request->api->app, &tx, session->user_id, &view->subscription,
                                   &view->has_subscription));
    }
    return OK;
}

static void choose_plans(struct pricing_view *view) {
    for (int t = 0; t < TIER_COUNT; t++) {
        view->shown[t] = catalogue_plan(view->catalogue, (enum tier)t);
    }
    const struct plan *held = view->has_subscription ? view->subscription.plan : NULL;
    if (held == NULL) {
        return;
    }
    view->is_by_contract = plan_version_is_private(held->version);
    if (!view->is_by_contract) {
        view->is_legacy = held->version != view->shown[held->tier]->version;
        view->shown[held->tier] = held;
    }
}

/* What an experiment shows them; in the address stands what they chose themselves. */
static bool read_offer(struct pricing_view *view) {
    struct experiment_offer offer;
    if (!experiment_offer_of(view->request, &offer)) {
        return false;
    }
    view->catalogue = offer.catalogue;
    if (offer.is_in) {
        view->experiment_id = offer.experiment_id;
        view->arm = offer.arm_index;
        view->headline = offer.arm.headline;
        view->disclosure = offer.disclosure;
        view->emphasis = (enum tier)offer.arm.emphasis;
        view->interval =
            offer.arm.interval == 0 ? view->interval : (enum interval)(offer.arm.interval - 1);
    }
    return true;
}

/* False, with a reply, when the store failed. */
static bool begin_view(struct api_request *request, bool is_embedded,
                       struct pricing_view *ret_view) {
    enum language language = pdf_language(request);
    *ret_view = (struct pricing_view){
        .request = request,
        .arena = request->arena,
        .catalogue = request->api->app->catalogue,
        .language = language,
        .words = pricing_words(language),
        .is_embedded = is_embedded,
        .zone = STR("UTC"),
    };
    if (request->has_session && reply_if_failed(request, read_viewer(ret_view))) {
        return false;
    }
    if (!is_embedded && !read_offer(ret_view)) {
        return false;
    }
    choose_plans(ret_view);
    struct tx tx = request_read(request);
    return !reply_if_failed(request,
                            plan_versions_changed(request->api->app, &tx, &ret_view->changed_at,
                                                  &ret_view->has_changed)) &&
           pricing_read_query(ret_view);
}

/* --- the page --- */

static void add_questions(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    buf_printf(page,
               "<section class=\"questions\" aria-labelledby=\"questions-title\">"
               "<h2 id=\"questions-title\">%s</h2>",
               words->questions);
    for (int i = 0; i < PRICING_QUESTIONS; i++) {
        buf_printf(page, "<details><summary>%s</summary><p>%s</p></details>",
                   words->asked[i].question, words->asked[i].answer);
    }
    buf_add(page, STR("</section>"));
}

static void add_content(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    pricing_add_head(view, page);
    buf_printf(page,
               "<form class=\"pricing\" method=\"get\" action=\"%s#calculator\">"
               "<div class=\"hero\"><h1 tabindex=\"-1\">",
               view->is_embedded ? "/embed/pricing" : "/pricing");
    html_add(page, view->headline.len > 0 ? view->headline : str_from_cstr(words->headline));
    buf_printf(page, "</h1><p class=\"lead\">%s</p></div>", words->lead);
    pricing_add_plans(view, page);
    pricing_add_calculator(view, page);
    pricing_add_compare(view, page);
    add_questions(view, page);
    buf_add(page, STR("</form>"));
    pricing_add_foot(view, page);
}

/* The document that was built, with what it says in the place of what it would say without a
 * script. */
static struct str fill_document(const struct pricing_view *view, struct str document) {
    struct str head = document;
    size_t end = pages_fill_at(document);
    struct buf page;
    buf_init(&page, view->request->api->env, PAGE_MAX);
    buf_add(&page, str_first(head, end));
    add_content(view, &page);
    buf_add(&page, STR("</div></body></html>\n"));
    return buf_finish_in(&page, view->arena);
}

/* What a visitor waits for it, as of here. */
static void count_page(const struct pricing_view *view) {
    struct api *api = view->request->api;
    if (view->experiment_id.len > 0) {
        experiment_speed_add(stats_experiments(api->stats), view->experiment_id, view->arm,
                             api->env->mono_ns(api->env) - view->request->http->received_ns);
    }
}

static void reply_page(const struct pricing_view *view, struct str html) {
    struct api_request *request = view->request;
    uint8_t hash[SHA256_SIZE];
    char hex[17] = "";
    sha256(html, hash);
    str_hex(hash, 8, hex);
    struct str etag = arena_printf(view->arena, "\"%s\"", hex);
    bool is_known = pages_client_has(request->http, etag);
    struct http_response response = {.status = is_known ? 304 : 200,
                                     .body = is_known ? STR("") : html};
    http_add_header(&response, STR("Content-Type"), STR("text/html; charset=utf-8"));
    http_add_header(&response, STR("ETag"), etag);
    http_add_header(&response, STR("Vary"), STR("Accept-Language, Cookie"));
    add_visitor_cookie(request, &response);
    reply_as(request, view->is_embedded ? HEADERS_EMBED : HEADERS_DOCUMENT, &response);
}

static void reply_pricing(struct api_request *request, bool is_embedded) {
    struct api_asset asset;
    if (!pages_find_document(request->api, STR("/pricing"), pdf_language(request), request->arena,
                             &asset)) {
        pages_reply_none(request);
        return;
    }
    struct pricing_view *view = ARENA_NEW(request->arena, struct pricing_view);
    if (view == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!begin_view(request, is_embedded, view)) {
        return;
    }
    struct str html = fill_document(view, asset.identity.bytes);
    if (html.len == 0 || arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    count_page(view);
    reply_page(view, html);
}

static void reply_page_of_ours(struct api_request *request) {
    reply_pricing(request, false);
}

void pricing_page(struct api_request *request) {
    if (find_session(request)) {
        experiment_meet(request, "pricing", reply_page_of_ours);
    }
}

/* In a frame of another site a browser sends no cookie of ours, and nobody is told anything. */

void pricing_embed(struct api_request *request) {
    if (request->api->options.origins.embedders.len > 0) {
        reply_pricing(request, true);
    } else {
        reply_problem(request, PROBLEM_NOT_FOUND);
    }
}
