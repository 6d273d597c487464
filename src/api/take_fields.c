#include "api/take_fields.h"

#include "base/check.h"
#include "base/put.h"

/* Names of metrics, reasons and states are short words. */
enum { WORD_MAX = 32, VALUE_MAX = WORD_MAX + 8 + 2 * PUT_I64_MAX, LINES_MAX = 768 };

static char *put_number_line(char *at, struct str name, int64_t value) {
    return put_str(put_i64(put_str(at, name), value), STR("\r\n"));
}

static char *put_word_line(char *at, struct str name, struct str word) {
    check(word.len <= WORD_MAX);
    return put_str(put_str(put_str(at, name), word), STR("\r\n"));
}

/* Whole seconds until the counter starts anew, rounded up; 0 when there is no such time. */
static int64_t seconds_left(const struct take_answer *answer) {
    int64_t left_ms = answer->has_resets_at ? answer->resets_at - answer->as_of : 0;
    return left_ms > 0 ? (left_ms + 999) / 1000 : 0;
}

/* --- RateLimit --- */

/* https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers: the quota is the
 * limit, named by its metric. */
static char *put_quoted(char *at, struct str name) {
    check(name.len <= WORD_MAX);
    *at = '"';
    at = put_str(at + 1, name);
    *at = '"';
    return at + 1;
}

static char *put_policy(char *at, struct str name, const struct take_answer *answer) {
    return put_i64(put_str(put_quoted(at, name), STR(";q=")), answer->limit);
}

static char *put_rate_limit(char *at, struct str name, const struct take_answer *answer) {
    at = put_i64(put_str(put_quoted(at, name), STR(";r=")), answer->remaining);
    return answer->has_resets_at ? put_i64(put_str(at, STR(";t=")), seconds_left(answer)) : at;
}

void add_rate_limit(struct arena *arena, enum metric metric, const struct take_answer *answer,
                    struct http_response *response) {
    struct str name = str_from_cstr(metric_name(metric));
    char *policy = arena_room(arena, 2 * (size_t)VALUE_MAX);
    if (!answer->has_limit || policy == NULL) {
        return;
    }
    char *rate = put_policy(policy, name, answer);
    char *end = put_rate_limit(rate, name, answer);
    check(end - policy <= 2 * VALUE_MAX);
    http_add_header(response, STR("RateLimit-Policy"), str_of(policy, (size_t)(rate - policy)));
    http_add_header(response, STR("RateLimit"), str_of(rate, (size_t)(end - rate)));
}

/* --- all that a proxy is told --- */

static char *put_limit_lines(char *at, enum metric metric, const struct take_answer *answer) {
    struct str name = str_from_cstr(metric_name(metric));
    at = put_number_line(at, STR("Turnpike-Limit: "), answer->limit);
    at = put_number_line(at, STR("Turnpike-Remaining: "), answer->remaining);
    at = put_policy(put_str(at, STR("RateLimit-Policy: ")), name, answer);
    at = put_rate_limit(put_str(at, STR("\r\nRateLimit: ")), name, answer);
    return put_str(at, STR("\r\n"));
}

static char *put_lines(char *at, enum metric metric, const struct take_answer *answer) {
    at = answer->allowed ? put_str(at, STR("Turnpike-Allowed: true\r\n"))
                         : put_str(at, STR("Turnpike-Allowed: false\r\n"));
    at = put_word_line(at, STR("Turnpike-Reason: "), answer->reason);
    at = put_word_line(at, STR("Turnpike-State: "), answer->state);
    at = put_number_line(at, STR("Turnpike-Used: "), answer->used);
    at = put_rfc3339(put_str(at, STR("Turnpike-As-Of: ")), answer->as_of);
    at = put_str(at, STR("\r\n"));
    if (answer->has_limit) {
        at = put_limit_lines(at, metric, answer);
    }
    int64_t wait_s = answer->allowed ? 0 : seconds_left(answer);
    return wait_s > 0 ? put_number_line(at, STR("Retry-After: "), wait_s) : at;
}

struct str gate_lines(struct arena *arena, enum metric metric, const struct take_answer *answer) {
    char *lines = arena_room(arena, LINES_MAX);
    if (lines == NULL) {
        return STR("");
    }
    size_t len = (size_t)(put_lines(lines, metric, answer) - lines);
    check(len <= LINES_MAX);
    return str_of(lines, len);
}
