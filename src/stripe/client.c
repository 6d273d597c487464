/* Headers, address, time-out; and the way back from bytes to JSON. */
#include "stripe/client.h"

#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "base/rfc3339.h"
#include "stripe/inside.h"

enum { TIMEOUT_MS = 30 * 1000, HEADERS_MAX = 5 };

static const struct str method_names[] = {
    [STRIPE_GET] = STR_INIT("GET"),
    [STRIPE_POST] = STR_INIT("POST"),
    [STRIPE_DELETE] = STR_INIT("DELETE"),
};

struct exchange {
    struct stripe *stripe;
    struct stripe_sender sender;
    struct str headers[HEADERS_MAX];
    size_t header_count;
};

static void add_header(struct exchange *exchange, struct str line) {
    check(exchange->header_count < HEADERS_MAX);
    exchange->headers[exchange->header_count++] = line;
}

static void add_headers(struct exchange *exchange, const struct stripe_request *request) {
    add_header(exchange, exchange->stripe->authorization);
    add_header(exchange, STR("Stripe-Version: " STRIPE_API_VERSION));
    add_header(exchange, STR("User-Agent: Turnpike"));
    if (request->method != STRIPE_POST) {
        return;
    }
    add_header(exchange, STR("Content-Type: application/x-www-form-urlencoded"));
    if (request->idempotency_key.len > 0) {
        add_header(exchange, arena_printf(exchange->sender.arena, "Idempotency-Key: " STR_FMT,
                                          STR_ARG(request->idempotency_key)));
    }
}

static struct str url_of(const struct exchange *exchange, const struct stripe_request *request) {
    bool has_query = request->method != STRIPE_POST && request->form.len > 0;
    return arena_printf(exchange->sender.arena, STR_FMT STR_FMT "%s" STR_FMT,
                        STR_ARG(exchange->stripe->base_url), STR_ARG(request->path),
                        has_query ? "?" : "", STR_ARG(has_query ? request->form : STR("")));
}

static struct str header_of(const struct env_http_answer *answer, struct str wanted) {
    for (size_t i = 0; i < answer->header_count; i++) {
        struct str value = answer->headers[i];
        struct str name = str_cut(&value, ':');
        if (str_equal_ignoring_case(name, wanted)) {
            return str_trim(value);
        }
    }
    return STR("");
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7): the instant in the middle of that second. */
static bool read_date(struct str date, struct arena *arena, int64_t *ret_ms) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (date.len != 29) {
        return false;
    }
    const char *at = date.bytes;
    int month = 0;
    while (month < 12 && memcmp(months + (size_t)month * 3, at + 8, 3) != 0) {
        month++;
    }
    struct str text =
        arena_printf(arena, "%.4s-%02d-%.2sT%.8sZ", at + 12, month + 1, at + 5, at + 17);
    bool is_read = month < 12 && rfc3339_parse(text, ret_ms);
    *ret_ms += is_read ? 500 : 0;
    return is_read;
}

static void note_clock(struct exchange *exchange, struct str date) {
    struct payments *payments = &exchange->stripe->payments;
    struct env *env = exchange->stripe->env;
    int64_t theirs = 0;
    if (read_date(date, exchange->sender.arena, &theirs)) {
        payments->has_clock = true;
        payments->clock_ahead_ms = theirs - env->wall_ms(env);
    }
}

static void on_answer(void *context, const struct env_http_answer *answer) {
    struct exchange *exchange = context;
    struct stripe_response response = {
        .err = answer->err,
        .status = answer->status,
        .trace_id = header_of(answer, STR("Request-Id")),
        .is_replayed = str_equal(header_of(answer, STR("Idempotent-Replayed")), STR("true")),
    };
    CLEANUP(json_release) json_t *body = NULL;
    if (answer->status != 0) {
        struct json_problem problem;
        body = json_read(answer->body, &problem);
        response.body = body;
    }
    note_clock(exchange, header_of(answer, STR("Date")));
    exchange->stripe->under_way--;
    exchange->sender.done(exchange->sender.context, &response);
}

void stripe_send(struct stripe *stripe, const struct stripe_request *request,
                 const struct stripe_sender *sender) {
    struct exchange *exchange = ARENA_NEW(sender->arena, struct exchange);
    check(exchange != NULL); /* without it there is no one to tell that it failed */
    *exchange = (struct exchange){.stripe = stripe, .sender = *sender};
    add_headers(exchange, request);
    struct env_http_request sent = {
        .method = method_names[request->method],
        .url = url_of(exchange, request),
        .headers = exchange->headers,
        .header_count = exchange->header_count,
        .body = request->method == STRIPE_POST ? request->form : STR(""),
        .timeout_ms = TIMEOUT_MS,
    };
    check(!arena_failed(sender->arena)); /* half a request must not leave */
    stripe->under_way++;
    stripe->env->http_send(stripe->env, &sent, on_answer, exchange);
}
