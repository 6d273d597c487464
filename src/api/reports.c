/* POST /api/reports/csp: browsers tell what the pages' policy has stopped. Anybody may send here,
 * so that reports are counted, and the log has the first of a request alone, cut short. */
#include "api/resources.h"

#include "base/log.h"
#include "core/card_number.h"

#define REPORT_SCHEMA "{\"description\":\"What the browser has to say\"}"

const struct route_media reports_media[] = {
    {"application/reports+json", REPORT_SCHEMA, NULL},
    {"application/csp-report", REPORT_SCHEMA, NULL},
    {NULL, NULL, NULL},
};

enum { LOGGED_MAX = 200 };

/* Reports hold addresses of pages with their queries: of those only what stands before it. */
static struct str shown(struct str text) {
    struct str plain = str_first(str_first(text, str_find(text, '?')), LOGGED_MAX);
    return card_number_is_in(plain, CARD_NUMBER_ANY) ? STR("(the number of a payment card)")
                                                     : plain;
}

static void log_report(struct api_request *request, const json_t *report) {
    const json_t *body = json_at(report, "body");
    struct str directive = json_text(body, "effectiveDirective");
    struct str blocked = json_text(body, "blockedURL");
    if (body == NULL) {
        directive = json_text(report, "csp-report.violated-directive");
        blocked = json_text(report, "csp-report.blocked-uri");
    }
    log_event(request->api->env, LOG_WARNING, "csp.violation",
              "directive=\"" STR_FMT "\" blocked=\"" STR_FMT "\"", STR_ARG(shown(directive)),
              STR_ARG(shown(blocked)));
}

void reports_csp(struct api_request *request) {
    struct json_problem problem;
    json_t *reports CLEANUP(json_release) = json_read(request->http->body, &problem);
    if (reports == NULL) {
        reply_malformed_json(request, &problem);
        return;
    }
    bool is_list = json_is_array(reports);
    size_t count = is_list ? json_array_size(reports) : 1;
    if (count > 0) {
        log_report(request, is_list ? json_array_get(reports, 0) : reports);
    }
    for (size_t i = 0; i < count; i++) {
        stats_count_csp_report(request->api->stats);
    }
    reply_empty(request, 204);
}
