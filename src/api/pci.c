/* GET /api/admin/pci: what of PCI DSS 4.0.1 this installation meets, found out by looking, and what
 * its operator has to do. POST /api/admin/pci/scans asks for the pages anew (page_scan.h). */
#include "api/admin_resources.h"

#include <inttypes.h>
#include <string.h>

#include "api/card_form.h"
#include "api/page_scan.h"
#include "api/pci.h"
#include "app/audit_log.h"
#include "app/csp_report.h"
#include "app/keyring.h"
#include "app/member.h"
#include "app/page_scan.h"
#include "core/card_number.h"
#include "proof/password_policy.h"
#include "proof/throttle.h"

#define MINUTE_MS (INT64_C(60) * 1000)
#define LIST "GET /api/admin/csp-reports"
#define DAY_MS (INT64_C(24) * 60 * MINUTE_MS)

enum result { PASS, FAIL, NOT_OURS };
static const char *const result_names[] = {"pass", "fail", "not_ours", NULL};
static const char *const mode_names[] = {"hosted", "embedded", NULL};

/* --- what is looked at --- */

struct facts {
    const struct api *api;
    struct arena *arena;
    struct instant now;
    struct keyring_status keyring;
    struct row_list operators; /* struct member */
    struct str scan;           /* JSON; empty: there never was one */
    struct instant scanned;
    size_t page_findings, script_findings;
    struct csp_summary reports;
};

static struct err count_findings(struct facts *facts) {
    struct json_problem problem;
    if (facts->scan.len == 0) {
        return OK;
    }
    json_t *scan CLEANUP(json_release) = json_read(facts->scan, &problem);
    const json_t *finding = NULL;
    size_t i = 0;
    json_array_foreach(json_at(scan, "findings"), i, finding) {
        if (str_equal(json_text(finding, "kind"), STR("script"))) {
            facts->script_findings++;
        } else {
            facts->page_findings++;
        }
    }
    return scan == NULL ? ERR(ERR_FORMAT) : OK;
}

static struct err look(struct api *api, struct tx *tx, struct facts *ret_facts) {
    *ret_facts = (struct facts){.api = api, .arena = tx->cx->arena, .now = app_now(api->app)};
    TRY(keyring_status(api->app, tx, &ret_facts->keyring));
    TRY(members_read(tx, STR(""), &ret_facts->operators));
    TRY(page_scan_read(tx, &ret_facts->scan, &ret_facts->scanned));
    TRY(csp_reports_summary(tx, &ret_facts->reports));
    return count_findings(ret_facts);
}

/* --- checks: each says what it saw --- */

struct seen {
    enum result result;
    struct str detail;
};

static struct seen seen(bool is_good, struct str detail) {
    return (struct seen){is_good ? PASS : FAIL, detail};
}

/* Of numbers, codes and tracks of cards; last4, brand and expiry may be kept (3.3, 3.4). */
static bool is_card_field(const char *name) {
    static const char *const words[] = {"cardNumber", "card_number", "pan",    "cvc", "cvv",
                                        "cvv2",       "track1",      "track2", "pin"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(name, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Shapes are not nested deeper than bodies may be. */
static const char *card_field_of(const struct shape *shape, int depth) {
    for (size_t i = 0; shape != NULL && depth < LIMIT_JSON_DEPTH && i < shape->count; i++) {
        const struct shape_field *field = &shape->fields[i];
        const struct shape_field *inner = field->kind == SHAPE_LIST ? field->item : field;
        const char *found = is_card_field(field->name)    ? field->name
                            : inner->kind == SHAPE_OBJECT ? card_field_of(inner->of, depth + 1)
                                                          : NULL;
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static struct seen no_card_field(const struct facts *facts) {
    struct arena *arena = facts->arena;
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        const char *found = card_field_of(route->body, 0);
        found = found == NULL ? card_field_of(route->query, 0) : found;
        for (size_t k = 0; found == NULL && k < ROUTE_ANSWERS_MAX; k++) {
            found = card_field_of(route->answers[k].shape, 0);
        }
        if (found != NULL) {
            return seen(false, arena_printf(arena, "%s %s has a field %s", route->method,
                                            route->path, found));
        }
    }
    return seen(true, arena_printf(arena, "%zu operations, none takes or gives one", route_count));
}

static struct seen refuses_numbers(const struct facts *facts) {
    (void)facts;
    bool is_found = card_number_is_in(STR("4242-4242-4242-4242"), CARD_NUMBER_ANY) &&
                    card_number_is_in(STR("3782 822463 10005"), CARD_NUMBER_ANY) &&
                    card_number_is_in(STR("no network's: 9999999999999995"), CARD_NUMBER_ANY);
    return seen(is_found, STR("numbers in free text are refused with card_number_refused"));
}

static struct seen scanned(const struct facts *facts, size_t findings, const char *what) {
    struct arena *arena = facts->arena;
    int64_t days = (facts->now.ms - facts->scanned.ms) / DAY_MS;
    if (facts->scan.len == 0) {
        return seen(false, STR("never compared so far: turnpike pci check"));
    }
    if (days > PAGE_SCAN_DAYS) {
        return seen(false, arena_printf(arena, "last compared %" PRId64 " days ago", days));
    }
    return seen(findings == 0, arena_printf(arena, "%zu differences in %s", findings, what));
}

static struct seen page_headers(const struct facts *facts) {
    return scanned(facts, facts->page_findings,
                   "documents and header fields, as browsers get them");
}

static struct seen page_scripts(const struct facts *facts) {
    return scanned(facts, facts->script_findings, "scripts, as browsers get them");
}

/* Whoever wants may tell, so that one of these is a reason to look and no more. */
static struct seen csp_reports(const struct facts *facts) {
    struct arena *arena = facts->arena;
    const struct csp_summary *told = &facts->reports;
    if (told->kept >= CSP_REPORTS_KEPT) {
        return seen(false, arena_printf(arena, "%d kinds are kept, and no more fit: " LIST,
                                        CSP_REPORTS_KEPT));
    }
    if (told->recent_scripts > 0) {
        return seen(false,
                    arena_printf(arena,
                                 "%" PRId64 " of %" PRId64 " kinds told in %d days are of scripts; "
                                 "last " STR_FMT " " STR_FMT " on " STR_FMT ": " LIST,
                                 told->recent_scripts, told->recent, CSP_REPORT_DAYS,
                                 STR_ARG(told->last.directive), STR_ARG(told->last.blocked),
                                 STR_ARG(told->last.page)));
    }
    return seen(true, arena_printf(arena, "%" PRId64 " kinds told in %d days, none of scripts",
                                   told->recent, CSP_REPORT_DAYS));
}

static struct seen tls(const struct facts *facts) {
    bool is_https = facts->api->is_behind_tls;
    return seen(is_https, is_https ? STR("browsers reach the server by https")
                                   : STR("--base-url is no https address"));
}

static struct seen key_elsewhere(const struct facts *facts) {
    const char *source = facts->keyring.source;
    bool is_beside = source == NULL || strcmp(source, "data_folder") == 0;
    return seen(!is_beside, is_beside ? STR("the key lies in the data folder: --key-file")
                                      : arena_printf(facts->arena, "from %s", source));
}

static struct seen operators_mfa(const struct facts *facts) {
    const struct member *operators = facts->operators.items;
    size_t without = 0;
    for (size_t i = 0; i < facts->operators.count; i++) {
        without += operators[i].factors.passkeys + operators[i].factors.totp == 0 ? 1 : 0;
    }
    return seen(without == 0,
                arena_printf(facts->arena, "%zu of %zu operators have no second factor", without,
                             facts->operators.count));
}

static struct seen password_length(const struct facts *facts) {
    return seen(PASSWORD_CHARACTERS_MIN >= 12,
                arena_printf(facts->arena, "at least %d characters", PASSWORD_CHARACTERS_MIN));
}

static struct seen lockout(const struct facts *facts) {
    return seen(THROTTLE_LOCK_FAILURES <= 10 && THROTTLE_LOCK_MS >= 30 * MINUTE_MS,
                arena_printf(facts->arena, "after %d failures for %d minutes",
                             THROTTLE_LOCK_FAILURES, (int)(THROTTLE_LOCK_MS / MINUTE_MS)));
}

static struct seen idle(const struct facts *facts) {
    int64_t minutes = session_idle(SESSION_OPERATOR).ms / MINUTE_MS;
    return seen(minutes <= 15,
                arena_printf(facts->arena,
                             "operators' sessions end after %" PRId64 " minutes without a request",
                             minutes));
}

static struct seen log_copies(const struct facts *facts) {
    const struct audit_signer *signer = facts->api->app->audit_signer;
    size_t count = signer == NULL ? 0 : signer->sink_count;
    return seen(count > 0, arena_printf(facts->arena,
                                        "checkpoints of the audit log go to %zu places elsewhere "
                                        "(--audit-sink)",
                                        count));
}

/* What follows is for people, whatever the program does. */
static const struct check {
    const char *id, *requirement, *title;
    struct seen (*look)(const struct facts *facts);
    const char *to_do; /* of what is not ours */
} checks[] = {
    {"card_fields", "3.3.1, 3.4.1", "No operation takes or gives the number of a card",
     no_card_field, NULL},
    {"card_numbers", "3.3.1", "Numbers of cards in free text are refused", refuses_numbers, NULL},
    {"page_headers", "6.4.3, 11.6.1", "Pages reach browsers as they were built", page_headers,
     NULL},
    {"page_scripts", "6.4.3, 11.6.1", "Scripts reach browsers as in the inventory", page_scripts,
     NULL},
    {"csp_reports", "6.4.3, 11.6.1", "Browsers had no script to stop", csp_reports, NULL},
    {"tls", "4.2.1", "Pages come by TLS", tls, NULL},
    {"key_elsewhere", "2.2.2, 3.7.1", "The key is not where the data are", key_elsewhere, NULL},
    {"operators_mfa", "8.4.2", "Operators have a second factor", operators_mfa, NULL},
    {"password_length", "8.3.6", "Passwords are long", password_length, NULL},
    {"lockout", "8.3.4", "Guessing is stopped", lockout, NULL},
    {"idle", "8.2.8", "Sessions end when they rest", idle, NULL},
    {"log_copies", "10.3.3", "The audit log is witnessed elsewhere", log_copies, NULL},
    {"log_retention", "10.5.1", "Logs are kept for twelve months", NULL,
     "Rows of the audit log are never deleted. Keep the database, its backups and the program's "
     "own "
     "log for twelve months, three of them at hand."},
    {"asv_scan", "11.3.2", "A scan from outside each quarter", NULL,
     "Have an Approved Scanning Vendor scan the address each quarter, and keep the reports."},
    {"patches", "6.3.3", "Critical patches within a month", NULL,
     "Update the program, its libraries and the system; ./dev sbom lists what it is made of."},
    {"providers", "12.8", "Service providers are managed", NULL,
     "Keep the provider's attestation of compliance, and agree in writing who does what."},
    {"incident_plan", "12.10.1", "There is a plan for incidents", NULL,
     "Write down whom to call when card data may have been stolen."},
    {"questionnaire", "-", "The questionnaire is filled in", NULL,
     "Ask your acquirer which one: SAQ A is for merchants who take no card data themselves; who "
     "bills for other merchants may be a service provider."},
};

/* --- the answer --- */

struct check_out {
    struct str id, requirement, title, detail;
    int result;
};
struct pci_out {
    int mode;
    int64_t passed, failed;
    struct shape_list checks; /* struct check_out */
    struct str scan;
};

#define AT(member) offsetof(struct check_out, member)
static const struct shape_field check_fields[] = {
    {"id", "Stable", SHAPE_STR, .offset = AT(id), .max = 32},
    {"requirement", "Of PCI DSS 4.0.1", SHAPE_STR, .offset = AT(requirement), .max = 32},
    {"title", "What is wanted", SHAPE_STR, .offset = AT(title), .max = 200},
    {"result", "not_ours: the operator has to see to it", SHAPE_ENUM, .offset = AT(result),
     .names = result_names},
    {"detail", "What was seen, or what is to be done", SHAPE_STR, .offset = AT(detail), .max = 500},
};
#undef AT
static const struct shape check_shape =
    SHAPE("PciCheck", "One thing that was looked at", struct check_out, check_fields);
static const struct shape_field check_item = {.kind = SHAPE_OBJECT, .of = &check_shape};

#define AT(member) offsetof(struct pci_out, member)
static const struct shape_field pci_fields[] = {
    {"mode", "hosted: cards are entered at the provider's page; embedded: in its form in ours",
     SHAPE_ENUM, .offset = AT(mode), .names = mode_names},
    {"passed", "How many checks hold", SHAPE_I64, .offset = AT(passed)},
    {"failed", "How many do not", SHAPE_I64, .offset = AT(failed)},
    {"checks", "All of them", SHAPE_LIST, .offset = AT(checks), .max = 64, .item = &check_item,
     .item_size = sizeof(struct check_out)},
    {"scan", "The pages as browsers got them last: PageScan; null when nobody asked yet",
     SHAPE_JSON, .offset = AT(scan), .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape pci_shape =
    SHAPE("Pci", "What of PCI DSS this installation meets", struct pci_out, pci_fields);

static struct seen result_of(const struct check *check, const struct facts *facts) {
    return check->look != NULL ? check->look(facts)
                               : (struct seen){NOT_OURS, str_from_cstr(check->to_do)};
}

struct err pci_look(struct api *api, struct tx *tx, struct pci_line **ret_lines,
                    size_t *ret_count) {
    struct facts facts;
    struct pci_line *lines = arena_array(tx->cx->arena, ARRAY_LEN(checks), sizeof *lines);
    TRY(look(api, tx, &facts));
    for (size_t i = 0; lines != NULL && i < ARRAY_LEN(checks); i++) {
        struct seen is = result_of(&checks[i], &facts);
        lines[i] = (struct pci_line){
            str_from_cstr(checks[i].id), str_from_cstr(checks[i].requirement),
            str_from_cstr(checks[i].title), str_from_cstr(result_names[is.result]), is.detail};
    }
    *ret_lines = lines;
    *ret_count = ARRAY_LEN(checks);
    return lines == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

static void reply_pci(struct api_request *request, int status) {
    struct facts facts;
    struct tx tx = request_read(request);
    struct check_out *list = arena_array(request->arena, ARRAY_LEN(checks), sizeof *list);
    if (list == NULL || reply_if_failed(request, look(request->api, &tx, &facts))) {
        return;
    }
    struct pci_out out = {.mode = card_form_is_on(request->api) ? 1 : 0,
                          .checks = {list, ARRAY_LEN(checks)},
                          .scan = text_or_null(facts.scan)};
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        const struct check *check = &checks[i];
        struct seen is = result_of(check, &facts);
        list[i] = (struct check_out){str_from_cstr(check->id), str_from_cstr(check->requirement),
                                     str_from_cstr(check->title), is.detail, (int)is.result};
        out.passed += is.result == PASS ? 1 : 0;
        out.failed += is.result == FAIL ? 1 : 0;
    }
    reply_value(request, status, &pci_shape, &out);
}

void pci_get(struct api_request *request) {
    reply_pci(request, 200);
}

static void compared(void *context) {
    reply_pci(context, 201);
}

void pci_scan(struct api_request *request) {
    if (request->api->base_url.len == 0) {
        reply_pci(request, 201); /* the guest of one command, which nobody reaches */
    } else if (!page_scan_start(request->api, compared, request)) {
        reply_problem(request, PROBLEM_SCAN_RUNNING);
    }
}
