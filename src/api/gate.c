/* /api/gate: the gate for proxies (nginx auth_request, Envoy ext_authz, Traefik and Caddy
 * forward_auth). The verdict is the status, what stands behind it is in the headers; there is no
 * body, since proxies drop it.
 *
 * What is asked stands in the query, or in the headers Turnpike-User, -Metric, -Amount, -Count and
 * -Deny-Status, which the proxy sets. Proxies also pass on what the client sent, so that the query
 * wins, and headers about the metric count only when the query names none: otherwise a client could
 * send Turnpike-Amount: 0 through a proxy that does not set it. Below /api/gate/ (docs/guide,
 * Proxies) the query is the client's own, and is not looked at. */
#include "api/resources.h"

#include "app/take.h"

struct gate_query {
    struct str user_id;
    int metric, deny_status;
    int64_t amount;
    bool has_metric, has_amount, has_count, count;
};

static const char *const deny_status_names[] = {"403", "429", NULL};

#define AT(member) offsetof(struct gate_query, member)
static const struct shape_field gate_fields[] = {
    {"userId", "The customer; else the header Turnpike-User", SHAPE_STR, .offset = AT(user_id),
     .min = 1, .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"metric", "Of what; else the header Turnpike-Metric", SHAPE_ENUM, .offset = AT(metric),
     .names = metric_names, .flags = SHAPE_OPTIONAL, .is_set = AT(has_metric)},
    {"amount", "How much; 1 when not given", SHAPE_I64, .offset = AT(amount), .min = 0,
     .max = LIMIT_AMOUNT, .flags = SHAPE_OPTIONAL, .is_set = AT(has_amount)},
    {"count", "false only looks", SHAPE_BOOL, .offset = AT(count), .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_count)},
    {"denyStatus", "The status of a denial; 403 when not given", SHAPE_ENUM,
     .offset = AT(deny_status), .names = deny_status_names, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape gate_query_shape =
    SHAPE("GateQuery", "May a customer use more?", struct gate_query, gate_fields);

/* --- from headers --- */

/* A header read as the field of that name would be in the query; what does not fit is noted under
 * the header's own name. */
struct header_reader {
    struct api_request *request;
    struct shape_errors *errors;
};

static void note(const struct header_reader *reader, const char *name, const char *expected) {
    struct arena *arena = reader->request->arena;
    shape_error_add(reader->errors, arena, arena_printf(arena, "/%s", name).bytes, expected);
}

/* Bytes NULL without one. Of two nobody can say which is the proxy's. */
static struct str header_of(const struct header_reader *reader, const char *name) {
    const struct http_request *http = reader->request->http;
    struct str value = {NULL, 0};
    for (size_t i = 0; i < http->header_count; i++) {
        if (!str_equal_ignoring_case(http->headers[i].name, str_from_cstr(name))) {
            continue;
        }
        if (value.bytes != NULL) {
            note(reader, name, "to be given once");
        }
        value = http->headers[i].value;
    }
    return value;
}

/* The place of the header's value among the names; `fallback` without the header. */
static int word_in(const struct header_reader *reader, const char *name, const char *const *names,
                   int fallback, const char *expected) {
    struct str value = header_of(reader, name);
    if (value.bytes == NULL) {
        return fallback;
    }
    for (int i = 0; names[i] != NULL; i++) {
        if (str_equal(value, str_from_cstr(names[i]))) {
            return i;
        }
    }
    note(reader, name, expected);
    return fallback;
}

static void read_user(const struct header_reader *reader, struct gate_query *query) {
    struct str value = header_of(reader, "Turnpike-User");
    bool is_good = value.len >= 1 && value.len <= LIMIT_USER_ID && str_only(value, TEXT_TOKEN);
    if (is_good) {
        query->user_id = value;
    } else {
        note(reader, "userId", "the customer, here or in the header Turnpike-User");
    }
}

static void read_what(const struct header_reader *reader, struct gate_query *query) {
    static const char *const count_names[] = {"false", "true", NULL};
    if (header_of(reader, "Turnpike-Metric").bytes == NULL) {
        note(reader, "metric", "a metric, here or in the header Turnpike-Metric");
        return;
    }
    query->metric = word_in(reader, "Turnpike-Metric", metric_names, 0, "a metric");
    query->count = word_in(reader, "Turnpike-Count", count_names, 1, "true or false") == 1;
    query->has_count = true;
    query->deny_status =
        word_in(reader, "Turnpike-Deny-Status", deny_status_names, 0, "403 or 429");
    struct str amount = header_of(reader, "Turnpike-Amount");
    query->has_amount = amount.bytes != NULL;
    if (query->has_amount && (!str_to_i64(amount, &query->amount) || query->amount < 0 ||
                              query->amount > LIMIT_AMOUNT)) {
        note(reader, "Turnpike-Amount", "a whole number from 0 to 9007199254740992");
    }
}

/* NULL after a reply that names what is missing or wrong. */
static const struct gate_query *complete(struct api_request *request) {
    struct header_reader reader = {request, ARENA_NEW(request->arena, struct shape_errors)};
    struct gate_query *query =
        request->query == NULL ? ARENA_NEW(request->arena, struct gate_query) : request->query;
    if (reader.errors == NULL || query == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return NULL;
    }
    if (query->user_id.len == 0) {
        read_user(&reader, query);
    }
    if (!query->has_metric) {
        read_what(&reader, query);
    }
    if (reader.errors->count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_QUERY, reader.errors);
        return NULL;
    }
    return query;
}

/* --- the answer --- */

static void add_number(struct api_request *request, struct http_response *response, struct str name,
                       int64_t value) {
    http_add_header(response, name, arena_printf(request->arena, "%lld", (long long)value));
}

/* When a denied counter may be asked again: at the next period. */
static void add_retry_after(struct api_request *request, const struct take_answer *answer,
                            struct http_response *response) {
    int64_t wait_ms = answer->resets_at - request_now(request).ms;
    if (answer->has_resets_at && wait_ms > 0) {
        add_number(request, response, STR("Retry-After"), (wait_ms + 999) / 1000);
    }
}

static void reply_gate(struct api_request *request, const struct gate_query *query,
                       const struct take_answer *answer) {
    int deny_status = query->deny_status == 0 ? 403 : 429;
    struct http_response response = {.status = answer->allowed ? 204 : deny_status};
    http_add_header(&response, STR("Turnpike-Allowed"),
                    answer->allowed ? STR("true") : STR("false"));
    http_add_header(&response, STR("Turnpike-Reason"), answer->reason);
    http_add_header(&response, STR("Turnpike-State"), answer->state);
    add_number(request, &response, STR("Turnpike-Used"), answer->used);
    if (answer->has_limit) {
        add_number(request, &response, STR("Turnpike-Limit"), answer->limit);
        add_number(request, &response, STR("Turnpike-Remaining"), answer->remaining);
    }
    add_rate_limit(request, (enum metric)query->metric, answer, &response);
    if (!answer->allowed) {
        add_retry_after(request, answer, &response);
    }
    reply_response(request, &response);
}

struct gate_in_hand {
    struct take_command command; /* first: `finished` hands it back */
    struct api_request *request;
    const struct gate_query *query;
};

static void taken(struct take_command *command) {
    const struct gate_in_hand *hand = (struct gate_in_hand *)command;
    if (command->command.outcome == OUTCOME_DONE) {
        reply_gate(hand->request, hand->query, &command->answer);
    } else {
        reply_problem(hand->request, (int)command->command.outcome);
    }
}

static void look(struct api_request *request, const struct gate_query *query,
                 const struct take_request *wanted) {
    struct take_answer answer;
    enum outcome outcome = take_check(request->api->app, wanted, request->arena, &answer);
    if (outcome == OUTCOME_DONE) {
        reply_gate(request, query, &answer);
    } else {
        reply_problem(request, (int)outcome);
    }
}

/* HEAD is safe and counts nothing, unless it is the method of the request that is asked about. */
static bool only_looks(const struct api_request *request, const struct gate_query *query) {
    bool is_head = str_equal(request->http->method, STR("HEAD")) && !request->is_forwarded;
    return is_head || (query->has_count && !query->count);
}

void gate_ask(struct api_request *request) {
    const struct gate_query *query = complete(request);
    if (query == NULL) {
        return;
    }
    struct take_request wanted = {query->user_id,
                                  (enum metric)query->metric,
                                  quantity_of(query->has_amount ? query->amount : 1),
                                  {NULL, 0}};
    if (only_looks(request, query)) {
        look(request, query, &wanted);
        return;
    }
    struct gate_in_hand *hand = ARENA_NEW(request->arena, struct gate_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->query = query;
    hand->command.request = wanted;
    hand->command.arena = request->arena;
    hand->command.finished = taken;
    take_start(request->api->app, &hand->command);
}
