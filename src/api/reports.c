/* POST /api/reports/csp: browsers tell what the pages' policy has stopped. GET
 * /api/admin/csp-reports: what was told.
 *
 * Anybody may send here. So there are so many requests from an address, and from all together, and
 * of one no more than CSP_REPORTS_AT_ONCE rows; what is kept of a report is a directive of the
 * standard, an origin, and a page of ours by its route (core/csp_report.h), of which no person can
 * be told; and no more than CSP_REPORTS_KEPT are. What tells of no page of ours is counted alone.
 */
#include "api/admin_resources.h"
#include "api/resources.h"

#include <inttypes.h>

#include "api/media.h"
#include "app/csp_report.h"
#include "base/log.h"
#include "core/csp_report.h"

#define REPORT_SCHEMA "{\"description\":\"What the browser has to say\"}"
#define REPORTS "application/reports+json"
#define OLDER "application/csp-report"

const struct route_media reports_media[] = {
    {REPORTS, REPORT_SCHEMA, NULL},
    {OLDER, REPORT_SCHEMA, NULL},
    {NULL, NULL, NULL},
};

/* --- what is told --- */

/* As each of the two forms names it. */
struct members {
    const char *directive, *older_directive, *blocked, *document;
};
static const struct members of_reports = {"effectiveDirective", "violatedDirective", "blockedURL",
                                          "documentURL"};
static const struct members of_older = {"effective-directive", "violated-directive", "blocked-uri",
                                        "document-uri"};

struct note_in_hand {
    struct csp_reports_note note; /* first: `done` hands it back */
    struct api_request *request;
};

/* The route of the page at an address, without its host: "/contracts/:id"; empty: none of ours. */
static struct str page_of(struct str address) {
    size_t scheme = str_find(address, ':');
    struct str rest = str_skip(address, scheme + 1);
    if (!str_starts_with(rest, STR("//"))) {
        return STR("");
    }
    rest = str_skip(rest, 2);
    struct str path = str_skip(rest, str_find(rest, '/'));
    path = str_first(path, str_find(path, '?'));
    struct route_match match = route_find(STR("GET"), str_first(path, str_find(path, '#')));
    bool is_page = match.route != NULL && (match.route->flags & ROUTE_PAGE) != 0;
    return is_page ? str_from_cstr(match.route->path) : STR("");
}

/* Like ones are counted; what is too much of one request is left out. */
static void add(struct csp_reports_note *note, const struct csp_report_row *row) {
    for (size_t i = 0; i < note->count; i++) {
        struct csp_report_row *is = &note->rows[i];
        if (str_equal(is->directive, row->directive) && str_equal(is->blocked, row->blocked) &&
            str_equal(is->page, row->page)) {
            is->count++;
            return;
        }
    }
    if (note->count < CSP_REPORTS_AT_ONCE) {
        note->rows[note->count++] = *row;
    }
}

static const char *const expected_directive = "a directive of Content Security Policy Level 3";
static const char *const expected_document = "the address of the page";

/* False, with what is wrong in `errors`. */
static bool note_report(struct note_in_hand *hand, const json_t *body, const struct members *names,
                        const char *place, struct shape_errors *errors) {
    struct arena *arena = hand->request->arena;
    struct str directive = csp_directive_of(json_text(body, names->directive));
    char *blocked = arena_alloc(arena, CSP_BLOCKED_SIZE);
    if (directive.bytes == NULL) {
        directive = csp_directive_of(json_text(body, names->older_directive));
    }
    struct str document = json_text(body, names->document);
    if (directive.bytes == NULL || document.len == 0) {
        const char *member = directive.bytes == NULL ? names->directive : names->document;
        struct str pointer = arena_printf(arena, "%s/%s", place, member);
        shape_error_add(errors, arena, pointer.bytes,
                        directive.bytes == NULL ? expected_directive : expected_document);
        return false;
    }
    stats_count_csp_report(hand->request->api->stats);
    if (blocked != NULL) {
        csp_blocked_of(json_text(body, names->blocked), blocked);
        struct csp_report_row row = {.directive = directive,
                                     .blocked = str_from_cstr(blocked),
                                     .page = page_of(document),
                                     .count = 1};
        if (row.page.len > 0) {
            add(&hand->note, &row);
        }
    }
    return true;
}

/* One of a list; of other kinds than violations nothing is kept. */
static bool note_item(struct note_in_hand *hand, const json_t *item, size_t index,
                      struct shape_errors *errors) {
    struct arena *arena = hand->request->arena;
    struct str type = json_text(item, "type");
    if (type.len == 0) {
        struct str pointer = arena_printf(arena, "/%zu/type", index);
        shape_error_add(errors, arena, pointer.bytes, "which kind of report it is");
        return false;
    }
    if (!str_equal(type, STR("csp-violation"))) {
        return true;
    }
    struct str place = arena_printf(arena, "/%zu/body", index);
    return note_report(hand, json_at(item, "body"), &of_reports, place.bytes, errors);
}

static void note_all(struct note_in_hand *hand, const json_t *json, bool is_older,
                     struct shape_errors *errors) {
    struct arena *arena = hand->request->arena;
    if (is_older) {
        (void)note_report(hand, json_at(json, "csp-report"), &of_older, "/csp-report", errors);
        return;
    }
    if (!json_is_array(json)) {
        shape_error_add(errors, arena, "", "a list of reports");
        return;
    }
    bool is_good = true;
    for (size_t i = 0; is_good && i < json_array_size(json); i++) {
        is_good = note_item(hand, json_array_get(json, i), i, errors);
    }
}

/* --- whether they may --- */

static bool may_report(struct api_request *request) {
    struct api *api = request->api;
    int64_t wait_ms = 0;
    if (api->reports == NULL) {
        api->reports = attempts_create(
            api->env, (struct attempts_rates){THROTTLE_REPORT_ADDRESS, THROTTLE_REPORT_NETWORK});
    }
    if (api->reports == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return false;
    }
    int64_t now_ms = request_now(request).ms;
    bool may = attempts_take(api->reports, request->origin.address, now_ms, &wait_ms) &&
               throttle_take(&api->all_reports, THROTTLE_REPORT_ALL, now_ms, &wait_ms);
    if (!may) {
        reply_problem_detail(request, PROBLEM_TOO_MANY_REQUESTS,
                             arena_printf(request->arena,
                                          "Too many reports were sent; the next is taken in "
                                          "%" PRId64 " seconds.",
                                          (wait_ms + 999) / 1000));
    }
    return may;
}

static bool is_of_a_kind(struct api_request *request, bool *ret_is_older) {
    struct str type = http_header(request->http, STR("Content-Type"));
    *ret_is_older = media_is(type, STR(OLDER));
    if (*ret_is_older || media_is(type, STR(REPORTS))) {
        return true;
    }
    reply_problem_detail(request, PROBLEM_WRONG_CONTENT_TYPE,
                         STR("Send reports as " REPORTS ", or one as " OLDER "."));
    return false;
}

/* --- the handler --- */

static void noted(struct command *command) {
    struct note_in_hand *hand = (struct note_in_hand *)command;
    struct api_request *request = hand->request;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    if (hand->note.dropped > 0) {
        log_event(request->api->env, LOG_WARNING, "csp.full", "dropped=%zu", hand->note.dropped);
    }
    reply_empty(request, 204);
}

/* The log has the first of a request alone. */
static void keep(struct note_in_hand *hand) {
    struct api_request *request = hand->request;
    if (hand->note.count == 0) {
        reply_empty(request, 204);
        return;
    }
    const struct csp_report_row *first = &hand->note.rows[0];
    log_event(request->api->env, LOG_WARNING, "csp.violation",
              "directive=" STR_FMT " blocked=" STR_FMT " page=" STR_FMT, STR_ARG(first->directive),
              STR_ARG(first->blocked), STR_ARG(first->page));
    hand->note.command.done = noted;
    csp_reports_note(request->api->app, &hand->note);
}

void reports_csp(struct api_request *request) {
    struct json_problem problem;
    bool is_older = false;
    struct shape_errors errors = {.count = 0};
    struct note_in_hand *hand = ARENA_NEW(request->arena, struct note_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    if (!is_of_a_kind(request, &is_older) || !may_report(request)) {
        return;
    }
    json_t *json CLEANUP(json_release) = json_read(request->http->body, &problem);
    if (json == NULL) {
        reply_malformed_json(request, &problem);
        return;
    }
    note_all(hand, json, is_older, &errors);
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    } else {
        keep(hand);
    }
}

/* --- the list --- */

#define AT(member) offsetof(struct csp_report_row, member)
static const struct shape_field report_fields[] = {
    {"directive", "Of the policy", SHAPE_STR, .offset = AT(directive), .max = 40},
    {"blocked",
     "What was stopped: an origin, a scheme, or a word like inline; other: none of these",
     SHAPE_STR, .offset = AT(blocked), .max = CSP_BLOCKED_SIZE},
    {"page", "On which page: its address, with :id for its ids", SHAPE_STR, .offset = AT(page),
     .max = 100},
    {"firstAt", "When it was told first", SHAPE_INSTANT, .offset = AT(first_at)},
    {"lastAt", "When it was told last", SHAPE_INSTANT, .offset = AT(last_at)},
    {"count", "How often it was told", SHAPE_I64, .offset = AT(count)},
};
#undef AT
const struct shape csp_report_shape = SHAPE("CspReport", "Something that the pages' policy stopped",
                                            struct csp_report_row, report_fields);
static const struct shape_field report_item = {.kind = SHAPE_OBJECT, .of = &csp_report_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first, by when it was told first", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = LIMIT_PAGE, .item = &report_item,
     .item_size = sizeof(struct csp_report_row)},
    PAGE_CURSOR_FIELD,
};
const struct shape csp_reports_shape =
    SHAPE("CspReports", "A page of what the pages' policy stopped", struct page, page_fields);

/* "~" is behind every id. */
void csp_reports_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct str before = query != NULL && query->cursor.len > 0 ? query->cursor : STR("~");
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, csp_reports_read(&tx, before, size + 1, &list))) {
        return;
    }
    struct csp_report_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct page page = {{rows, count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &csp_reports_shape, &page);
}
