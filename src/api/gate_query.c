/* What is asked stands in the query, or in the headers Turnpike-User, -Metric, -Amount, -Count and
 * -Deny-Status, which the proxy sets. Proxies also pass on what the client sent, so that the query
 * wins, and headers about the metric count only when the query names none: otherwise a client could
 * send Turnpike-Amount: 0 through a proxy that does not set it. Below /api/gate/ (docs/guide,
 * Proxies) the query is the client's own, and is not looked at.
 *
 * A proxy writes the same query each time, and a plain one: it is read in place. Whatever needs
 * decoding, comes twice or is wrong is left to the shape, which says what was expected. */
#include "api/gate_query.h"

#include "api/shapes.h"
#include "core/metric.h"

enum { AMOUNT_DIGITS = 15 }; /* every number of so many digits is within LIMIT_AMOUNT */

static const char *const deny_status_names[] = {"403", "429", NULL};
static const char *const count_names[] = {"false", "true", NULL};

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

/* The place of the word among the names; -1 when it is none of them. */
static int place_of(struct str word, const char *const *names) {
    for (int i = 0; names[i] != NULL; i++) {
        if (str_equal(word, str_from_cstr(names[i]))) {
            return i;
        }
    }
    return -1;
}

/* --- from the query --- */

static bool scan_user(struct str value, struct gate_query *query) {
    query->user_id = value;
    return value.len >= 1 && value.len <= LIMIT_USER_ID && text_is_token(value);
}

static bool scan_metric(struct str value, struct gate_query *query) {
    enum metric metric = METRIC_MODULES;
    query->has_metric = metric_parse(value, &metric);
    query->metric = (int)metric;
    return query->has_metric;
}

static bool scan_amount(struct str value, struct gate_query *query) {
    query->has_amount =
        value.len <= AMOUNT_DIGITS && str_to_i64(value, &query->amount) && query->amount >= 0;
    return query->has_amount;
}

static bool scan_count(struct str value, struct gate_query *query) {
    int place = place_of(value, count_names);
    query->count = place == 1;
    query->has_count = true;
    return place >= 0;
}

static bool scan_deny_status(struct str value, struct gate_query *query) {
    query->deny_status = place_of(value, deny_status_names);
    return query->deny_status >= 0;
}

static const struct {
    struct str name;
    bool (*scan)(struct str value, struct gate_query *query);
} parameters[] = {
    {STR_INIT("metric"), scan_metric},
    {STR_INIT("amount"), scan_amount},
    {STR_INIT("userId"), scan_user},
    {STR_INIT("count"), scan_count},
    {STR_INIT("denyStatus"), scan_deny_status},
};

/* One of them that was not there before; `seen` has a bit for each. */
static bool scan_parameter(struct str name, struct str value, struct gate_query *query,
                           unsigned *seen) {
    for (unsigned i = 0; i < ARRAY_LEN(parameters); i++) {
        if (str_equal(name, parameters[i].name)) {
            bool is_first = (*seen >> i & 1) == 0;
            *seen |= 1U << i;
            return is_first && parameters[i].scan(value, query);
        }
    }
    return false;
}

bool gate_query_scan(struct str query, void *ret_query) {
    struct gate_query found = {.user_id = STR("")};
    struct str rest = query;
    unsigned seen = 0;
    if (str_find(query, '%') < query.len || str_find(query, '+') < query.len) {
        return false;
    }
    while (rest.len > 0) {
        struct str value = str_cut(&rest, '&');
        struct str name = str_cut(&value, '=');
        if (!scan_parameter(name, value, &found, &seen)) {
            return false;
        }
    }
    *(struct gate_query *)ret_query = found;
    return true;
}

/* --- from headers --- */

enum header { HEADER_USER, HEADER_METRIC, HEADER_AMOUNT, HEADER_COUNT, HEADER_DENY_STATUS };
enum { HEADERS = HEADER_DENY_STATUS + 1 };

static const struct str header_names[HEADERS] = {
    [HEADER_USER] = STR_INIT("Turnpike-User"),
    [HEADER_METRIC] = STR_INIT("Turnpike-Metric"),
    [HEADER_AMOUNT] = STR_INIT("Turnpike-Amount"),
    [HEADER_COUNT] = STR_INIT("Turnpike-Count"),
    [HEADER_DENY_STATUS] = STR_INIT("Turnpike-Deny-Status"),
};

/* Headers read as the fields of those names would be in the query; what does not fit is noted under
 * the header's own name. */
struct header_reader {
    struct api_request *request;
    struct shape_errors *errors; /* NULL while all is well */
    struct str values[HEADERS];  /* bytes NULL without one */
    bool comes_again[HEADERS];
};

static void note(struct header_reader *reader, struct str name, const char *expected) {
    struct arena *arena = reader->request->arena;
    if (reader->errors == NULL) {
        reader->errors = ARENA_NEW(arena, struct shape_errors);
    }
    if (reader->errors != NULL) {
        struct str path = arena_printf(arena, "/" STR_FMT, STR_ARG(name));
        shape_error_add(reader->errors, arena, path.bytes, expected);
    }
}

static void find_headers(struct header_reader *reader) {
    const struct http_request *http = reader->request->http;
    for (size_t i = 0; i < http->header_count; i++) {
        const struct http_header *header = &http->headers[i];
        if (header->name.len == 0 || (header->name.bytes[0] | 0x20) != 't') {
            continue;
        }
        for (int k = 0; k < HEADERS; k++) {
            if (str_equal_ignoring_case(header->name, header_names[k])) {
                reader->comes_again[k] = reader->values[k].bytes != NULL;
                reader->values[k] = header->value.bytes == NULL ? STR("") : header->value;
            }
        }
    }
}

/* Bytes NULL without one. Of two nobody can say which is the proxy's. */
static struct str value_of(struct header_reader *reader, enum header header) {
    if (reader->comes_again[header]) {
        note(reader, header_names[header], "to be given once");
    }
    return reader->values[header];
}

/* The place of the header's value among the names; `fallback` without the header. */
static int word_in(struct header_reader *reader, enum header header, const char *const *names,
                   int fallback, const char *expected) {
    struct str value = value_of(reader, header);
    if (value.bytes == NULL) {
        return fallback;
    }
    int place = place_of(value, names);
    if (place < 0) {
        note(reader, header_names[header], expected);
        return fallback;
    }
    return place;
}

static void read_user(struct header_reader *reader, struct gate_query *query) {
    struct str value = value_of(reader, HEADER_USER);
    if (!scan_user(value, query)) {
        note(reader, STR("userId"), "the customer, here or in the header Turnpike-User");
    }
}

static void read_what(struct header_reader *reader, struct gate_query *query) {
    if (reader->values[HEADER_METRIC].bytes == NULL) {
        note(reader, STR("metric"), "a metric, here or in the header Turnpike-Metric");
        return;
    }
    query->metric = word_in(reader, HEADER_METRIC, metric_names, 0, "a metric");
    query->count = word_in(reader, HEADER_COUNT, count_names, 1, "true or false") == 1;
    query->has_count = true;
    query->deny_status = word_in(reader, HEADER_DENY_STATUS, deny_status_names, 0, "403 or 429");
    struct str amount = value_of(reader, HEADER_AMOUNT);
    query->has_amount = amount.bytes != NULL;
    if (query->has_amount && (!str_to_i64(amount, &query->amount) || query->amount < 0 ||
                              query->amount > LIMIT_AMOUNT)) {
        note(reader, header_names[HEADER_AMOUNT], "a whole number from 0 to 9007199254740992");
    }
}

const struct gate_query *gate_query_complete(struct api_request *request) {
    struct header_reader reader = {.request = request};
    struct gate_query *query =
        request->query == NULL ? ARENA_NEW(request->arena, struct gate_query) : request->query;
    bool has_all = query != NULL && query->user_id.len > 0 && query->has_metric;
    if (has_all) {
        return query;
    }
    find_headers(&reader);
    if (query != NULL && query->user_id.len == 0) {
        read_user(&reader, query);
    }
    if (query != NULL && !query->has_metric) {
        read_what(&reader, query);
    }
    if (arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
        return NULL;
    }
    if (reader.errors != NULL) {
        reply_field_errors(request, PROBLEM_INVALID_QUERY, reader.errors);
        return NULL;
    }
    return query;
}
