#include "api/page_scan.h"

#include "api/card_form.h"
#include "api/pages.h"
#include "api/pricing.h"
#include "api/resources.h"
#include "app/page_scan.h"
#include "base/log.h"
#include "base/sha256.h"

enum { TIMEOUT_MS = 15 * 1000, MEMORY_MAX = 16 * 1024 * 1024 };

/* --- as it is shown --- */

#define AT(member) offsetof(struct page_finding, member)
static const struct shape_field finding_fields[] = {
    {"address", "Of the page or script", SHAPE_STR, .offset = AT(address), .max = 500},
    {"kind", "unreachable, header, script or document", SHAPE_STR, .offset = AT(kind), .max = 16},
    {"detail", "What differs", SHAPE_STR, .offset = AT(detail), .max = 1000},
};
#undef AT
static const struct shape finding_shape = SHAPE(
    "PageFinding", "Something that is not as it was built in", struct page_finding, finding_fields);
static const struct shape_field finding_item = {.kind = SHAPE_OBJECT, .of = &finding_shape};

#define AT(member) offsetof(struct page_scan_report, member)
static const struct shape_field report_fields[] = {
    {"url", "Under which the pages were asked for", SHAPE_STR, .offset = AT(url), .max = 600},
    {"at", "When", SHAPE_INSTANT, .offset = AT(at)},
    {"pages", "Documents that were compared", SHAPE_I64, .offset = AT(pages)},
    {"scripts", "Scripts that were compared", SHAPE_I64, .offset = AT(scripts)},
    {"findings", "What differs; the first 50", SHAPE_LIST, .offset = AT(findings),
     .max = PAGE_FINDINGS_MAX, .item = &finding_item, .item_size = sizeof(struct page_finding)},
};
#undef AT
const struct shape page_scan_shape =
    SHAPE("PageScan", "The pages as browsers get them, compared with what is built in",
          struct page_scan_report, report_fields);

/* --- a scan under way --- */

struct page_scan {
    struct page_scan_keep keep; /* first: `done` hands it back */
    struct api *api;
    struct arena arena;
    size_t page, asset; /* the next ones to ask for */
    struct str address; /* of the one on its way */
    struct api_asset expected;
    enum header_kind kind; /* of the page on its way */
    bool is_script;        /* it is none */
    bool is_filled;        /* its body is made for each visitor; its head, and all script, is not */
    struct env_http_request request;
    struct page_scan_report report;
    struct page_finding findings[PAGE_FINDINGS_MAX];
    size_t count; /* of all that was found */
    void (*done)(void *context);
    void *context;
};

static void ask_next(struct page_scan *scan);

static void find(struct page_scan *scan, const char *kind, struct str detail) {
    if (scan->count < PAGE_FINDINGS_MAX) {
        scan->findings[scan->count] = (struct page_finding){
            scan->address, str_from_cstr(kind), str_first(arena_str(&scan->arena, detail), 1000)};
    }
    scan->count++;
}

/* --- header fields --- */

/* The value of the answer's only field of that name; bytes NULL when there is none, and of several
 * the last, since each of them counts for browsers. */
static struct str field_of(const struct env_http_answer *answer, struct str name,
                           size_t *ret_count) {
    struct str value = {NULL, 0};
    *ret_count = 0;
    for (size_t i = 0; i < answer->header_count; i++) {
        struct str rest = answer->headers[i];
        if (str_equal_ignoring_case(str_trim(str_cut(&rest, ':')), name)) {
            value = str_trim(rest);
            ++*ret_count;
        }
    }
    return value;
}

static void compare_headers(struct page_scan *scan, const struct env_http_answer *answer,
                            enum header_kind kind) {
    struct str lines = buf_str(&scan->api->headers[kind]);
    while (lines.len > 0) {
        struct str value = str_trim(str_cut(&lines, '\r'));
        lines = str_skip(lines, 1); /* LF */
        struct str name = str_cut(&value, ':');
        size_t count = 0;
        struct str is = field_of(answer, name, &count);
        if (count != 1 || !str_equal(is, str_trim(value))) {
            find(scan, "header",
                 count == 0 ? arena_printf(&scan->arena, STR_FMT " is missing", STR_ARG(name))
                 : count > 1
                     ? arena_printf(&scan->arena, STR_FMT " is there more than once", STR_ARG(name))
                     : arena_printf(&scan->arena, STR_FMT " is " STR_FMT, STR_ARG(name),
                                    STR_ARG(str_first(is, 400))));
        }
    }
}

/* --- documents and scripts --- */

/* The text behind the next `<script`, up to its `>`; *rest goes on behind it. Bytes NULL: none. */
static struct str next_script(struct str *rest) {
    static const struct str tag = STR_INIT("<script");
    while (rest->len >= tag.len) {
        struct str here = *rest;
        *rest = str_skip(*rest, 1);
        if (str_equal_ignoring_case(str_first(here, tag.len), tag)) {
            struct str inside = str_skip(here, tag.len);
            *rest = str_skip(inside, str_find(inside, '>'));
            return str_first(inside, str_find(inside, '>'));
        }
    }
    return (struct str){NULL, 0};
}

/* What its src says; empty when it is written in the page. */
static struct str source_of(struct str attributes) {
    static const struct str name = STR_INIT("src=");
    for (; attributes.len > name.len; attributes = str_skip(attributes, 1)) {
        if (str_equal_ignoring_case(str_first(attributes, name.len), name)) {
            struct str value = str_skip(attributes, name.len);
            char quote = value.bytes[0];
            bool is_quoted = quote == '"' || quote == '\'';
            value = is_quoted ? str_skip(value, 1) : value;
            return str_first(value, str_find(value, is_quoted ? quote : ' '));
        }
    }
    return STR("");
}

bool page_next_script(struct str *rest, struct str *ret_source) {
    struct str script = next_script(rest);
    *ret_source = script.bytes == NULL ? STR("") : source_of(script);
    return script.bytes != NULL;
}

static bool has_script(struct str document, struct str source) {
    struct str other;
    while (page_next_script(&document, &other)) {
        if (str_equal(other, source)) {
            return true;
        }
    }
    return false;
}

/* Names every script that one document has and the other has not. */
static bool name_scripts(struct page_scan *scan, struct str of, struct str other,
                         const char *sentence) {
    bool has_any = false;
    struct str source;
    while (page_next_script(&of, &source)) {
        if (!has_script(other, source)) {
            has_any = true;
            find(scan, "script",
                 arena_printf(&scan->arena, "%s" STR_FMT "%s",
                              source.len > 0 ? "the script " : "a script in the page itself",
                              STR_ARG(str_first(source, 300)), sentence));
        }
    }
    return has_any;
}

static void compare_document(struct page_scan *scan, struct str is, struct str should) {
    size_t len = scan->is_filled ? pages_fill_at(should) : should.len;
    struct str head = scan->is_filled ? str_first(is, len) : is;
    bool is_same = str_equal(head, str_first(should, len));
    if (is_same && !scan->is_filled) {
        return;
    }
    bool is_named = name_scripts(scan, is, should, " is not in the inventory");
    is_named |= name_scripts(scan, should, is, " is missing");
    if (!is_named && !is_same) {
        find(scan, "document", STR("it is not the document that is built in"));
    }
}

static void compare_script(struct page_scan *scan, struct str is, struct str should) {
    if (!str_equal(is, should)) {
        uint8_t hash[SHA256_SIZE];
        char hex[SHA256_HEX];
        sha256(is, hash);
        str_hex(hash, SHA256_SIZE, hex);
        find(scan, "script",
             arena_printf(&scan->arena, "its SHA-256 is " STR_FMT ", not the inventory's",
                          STR_ARG(str_of(hex, SHA256_HEX))));
    }
}

/* `done`: whoever waits; NULL when nobody does any more. */
static void end(struct page_scan *scan, void (*done)(void *context)) {
    struct env *env = scan->api->env;
    scan->api->is_scanning = false;
    if (done != NULL) {
        done(scan->context);
    }
    arena_finish(&scan->arena);
    env_free(env, scan);
}

static void answered(void *context, const struct env_http_answer *answer) {
    struct page_scan *scan = context;
    struct str should = scan->expected.identity.bytes;
    if (scan->api->env->http_send == NULL) {
        end(scan, NULL); /* the server stops: nothing more is asked */
        return;
    }
    if (err_failed(answer->err)) {
        find(scan, "unreachable", str_from_cstr(err_name(answer->err.code)));
    } else if (answer->status != 200) {
        find(scan, "unreachable", arena_printf(&scan->arena, "it is answered %d", answer->status));
    } else if (!scan->is_script) {
        scan->report.pages++;
        compare_headers(scan, answer, scan->kind);
        compare_document(scan, answer->body, should);
    } else {
        scan->report.scripts++;
        compare_headers(scan, answer, scan->expected.is_immutable ? HEADERS_FIXED : HEADERS_ASSET);
        compare_script(scan, answer->body, should);
    }
    ask_next(scan);
}

static void ask(struct page_scan *scan) {
    struct env *env = scan->api->env;
    scan->request = (struct env_http_request){
        .method = STR("GET"),
        .url = arena_printf(&scan->arena, STR_FMT STR_FMT, STR_ARG(scan->report.url),
                            STR_ARG(scan->address)),
        .timeout_ms = TIMEOUT_MS,
    };
    env->http_send(env, &scan->request, answered, scan);
}

/* --- the end --- */

static void kept(struct command *command) {
    struct page_scan *scan = (struct page_scan *)command;
    struct env *env = scan->api->env;
    if (command->outcome != OUTCOME_DONE) {
        log_event(env, LOG_ERROR, "pages.scan_unkept", "outcome=%s",
                  outcome_code(command->outcome));
    }
    end(scan, scan->done);
}

static void finish(struct page_scan *scan) {
    struct app *app = scan->api->app;
    size_t shown = scan->count < PAGE_FINDINGS_MAX ? scan->count : PAGE_FINDINGS_MAX;
    scan->report.at = app_now(app).ms;
    scan->report.findings = (struct shape_list){scan->findings, shown};
    scan->keep.report = shape_text(&page_scan_shape, &scan->report, &scan->arena);
    scan->keep.url = scan->report.url;
    scan->keep.count = (int64_t)scan->count;
    if (scan->count > 0) {
        const struct page_finding *first = &scan->findings[0];
        scan->keep.first = arena_printf(&scan->arena, STR_FMT ": " STR_FMT, STR_ARG(first->address),
                                        STR_ARG(first->detail));
        log_event(scan->api->env, LOG_WARNING, "pages.differ",
                  "count=%zu page=" STR_FMT " kind=" STR_FMT, scan->count, STR_ARG(first->address),
                  STR_ARG(first->kind));
    }
    scan->keep.command.done = kept;
    page_scan_keep(app, &scan->keep);
}

/* --- what is next --- */

/* Which document a page's route serves, and as what; false when it is none, is not served, or has
 * no address of its own. */
static bool is_page(struct page_scan *scan, const struct route *route) {
    const struct api_assets *assets = &scan->api->options.assets;
    struct str path = str_from_cstr(route->path);
    scan->is_filled = route->handle == pricing_page || route->handle == pricing_embed;
    if (route->handle == pages_document || route->handle == pricing_page) {
        scan->kind = HEADERS_DOCUMENT;
        return strchr(route->path, ':') == NULL &&
               pages_find_document(scan->api, path, LANGUAGE_EN, &scan->arena, &scan->expected);
    }
    if (route->handle == pages_card_form) {
        scan->kind = HEADERS_CARD_FORM;
        return card_form_is_on(scan->api) &&
               assets->find(assets->context, STR("/card-form.html"), &scan->expected);
    }
    scan->kind = HEADERS_EMBED;
    return route->handle == pricing_embed && scan->api->options.origins.embedders.len > 0 &&
           pages_find_document(scan->api, STR("/pricing"), LANGUAGE_EN, &scan->arena,
                               &scan->expected);
}

static bool next_page(struct page_scan *scan) {
    while (scan->page < route_count) {
        const struct route *route = &routes[scan->page++];
        if (is_page(scan, route)) {
            scan->address = str_from_cstr(route->path);
            return true;
        }
    }
    return false;
}

static bool next_script_asset(struct page_scan *scan) {
    const struct api_assets *assets = &scan->api->options.assets;
    scan->is_script = true;
    while (assets->at(assets->context, scan->asset++, &scan->address, &scan->expected)) {
        bool is_served = !card_form_owns(scan->address) || card_form_is_on(scan->api);
        if (is_served && str_ends_with(scan->address, STR(".js"))) {
            return true;
        }
    }
    return false;
}

static void ask_next(struct page_scan *scan) {
    if (next_page(scan) || next_script_asset(scan)) {
        ask(scan);
    } else {
        finish(scan);
    }
}

bool page_scan_start(struct api *api, void (*done)(void *context), void *context) {
    struct page_scan *scan = api->is_scanning ? NULL : env_alloc_zeroed(api->env, sizeof *scan);
    if (scan == NULL) {
        return false;
    }
    api->is_scanning = true;
    scan->api = api;
    scan->done = done;
    scan->context = context;
    arena_init(&scan->arena, api->env, MEMORY_MAX);
    scan->report.url = arena_str(&scan->arena, buf_str(&api->base_url));
    ask_next(scan);
    return true;
}
