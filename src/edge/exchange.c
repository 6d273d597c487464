#include "edge/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/rfc3339.h"

/* What the server takes for a figure. */
#define FIGURE_MAX ((int64_t)1 << 52)

enum { EVENT_ID_SIZE = 128 };

/* --- out --- */

static void put_figure(struct json_writer *writer, const char *name, int64_t value) {
    if (value != 0) {
        int64_t most = value < FIGURE_MAX ? value : FIGURE_MAX;
        json_member_i64(writer, name, most > 0 ? most : 0);
    }
}

static void put_instant(struct json_writer *writer, const char *name, int64_t ms) {
    char text[RFC3339_SIZE];
    rfc3339_format(ms, text);
    json_member_cstr(writer, name, text);
}

static void write_counter(struct json_writer *writer, const struct edge_ask *ask) {
    json_open_object(writer);
    json_member_str(writer, "userId", ask->user_id);
    json_member_cstr(writer, "metric", metric_name(ask->metric));
    if (ask->has_period) {
        put_instant(writer, "periodStart", ask->period_start);
    }
    put_figure(writer, "taken", ask->figures.taken);
    put_figure(writer, "released", ask->figures.released);
    put_figure(writer, "returned", ask->figures.returned);
    put_figure(writer, "recorded", ask->figures.recorded);
    put_figure(writer, "wanted", ask->wanted);
    put_figure(writer, "rate", ask->rate);
    json_close_object(writer);
}

/* Says of which row it is and how far that had come, so that it counts once however often it is
 * sent. The customer is the subject, the node the source. */
static void event_id(const struct edge_ask *ask, char ret_id[EVENT_ID_SIZE]) {
    const struct edge_figures *figures = &ask->figures;
    int64_t net = figures->taken - figures->released + figures->recorded;
    (void)snprintf(ret_id, EVENT_ID_SIZE, "%s/%s/%lld/%lld/%lld", ask->epoch,
                   metric_name(ask->metric), ask->has_period ? (long long)ask->period_start : 0LL,
                   (long long)net, (long long)ask->value);
}

static void write_event(struct json_writer *writer, const char *node, const struct edge_ask *ask) {
    char id[EVENT_ID_SIZE], source[128];
    event_id(ask, id);
    (void)snprintf(source, sizeof source, "turnpike:edge:%s", node);
    json_open_object(writer);
    json_member_cstr(writer, "specversion", "1.0");
    json_member_cstr(writer, "id", id);
    json_member_cstr(writer, "source", source);
    json_member_cstr(writer, "type", metric_name(ask->metric));
    json_member_str(writer, "subject", ask->user_id);
    if (ask->time > 0) {
        put_instant(writer, "time", ask->time);
    }
    json_name(writer, "data");
    json_open_object(writer);
    json_member_i64(writer, "value", ask->value < FIGURE_MAX ? ask->value : FIGURE_MAX);
    json_close_object(writer);
    json_close_object(writer);
}

static void write_leases(struct json_writer *writer, const char *node,
                         const struct edge_send *send) {
    json_open_object(writer);
    json_member_cstr(writer, "node", node);
    json_member_cstr(writer, "epoch", send->epoch);
    if (send->incarnation > 0) {
        json_member_i64(writer, "incarnation", send->incarnation);
    }
    json_member_bool(writer, "final", send->is_final);
    json_name(writer, "counters");
    json_open_array(writer);
    for (size_t i = 0; i < send->count; i++) {
        write_counter(writer, &send->asks[i]);
    }
    json_close_array(writer);
    json_close_object(writer);
}

struct edge_letter edge_exchange_write(const char *node, const struct edge_send *send,
                                       struct buf *out) {
    struct json_writer writer;
    json_writer_init(&writer, out);
    if (!send->is_events) {
        write_leases(&writer, node, send);
        return (struct edge_letter){"/api/leases", "application/json"};
    }
    json_open_array(&writer);
    for (size_t i = 0; i < send->count; i++) {
        write_event(&writer, node, &send->asks[i]);
    }
    json_close_array(&writer);
    return (struct edge_letter){"/api/usage/events", "application/cloudevents-batch+json"};
}

/* --- in --- */

static struct str text_at(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return str_of(json_string_value(value), json_string_length(value));
}

static int64_t number_at(const json_t *object, const char *name) {
    return (int64_t)json_integer_value(json_object_get(object, name));
}

static int64_t instant_at(const json_t *object, const char *name) {
    int64_t ms = 0;
    return rfc3339_parse(text_at(object, name), &ms) ? ms : 0;
}

static void copy_text(struct str text, char *bytes, size_t size) {
    size_t len = text.len < size - 1 ? text.len : size - 1;
    if (len > 0) {
        memcpy(bytes, text.bytes, len);
    }
    bytes[len] = 0;
}

static bool metric_at(const json_t *object, enum metric *ret_metric) {
    return metric_parse(text_at(object, "metric"), ret_metric);
}

/* Nothing more may be taken: at the hard limit, or above the limit when the grace is over. */
static enum turnpike_reason denial_of(const struct turnpike_details *details) {
    if (!details->has_limit || strcmp(details->state, "blocked") != 0) {
        return TURNPIKE_FORKED;
    }
    return details->used >= details->hard_limit ? TURNPIKE_HARD_LIMIT : TURNPIKE_GRACE_ENDED;
}

static struct edge_standing standing_at(const json_t *object) {
    struct edge_standing standing = {0};
    struct turnpike_details *details = &standing.details;
    copy_text(text_at(object, "state"), details->state, sizeof details->state);
    copy_text(text_at(object, "upgradeTo"), details->upgrade_to, sizeof details->upgrade_to);
    details->used = number_at(object, "used");
    details->has_limit = json_is_integer(json_object_get(object, "limit"));
    details->limit = number_at(object, "limit");
    details->hard_limit = number_at(object, "hardLimit");
    details->remaining = number_at(object, "remaining");
    details->resets_at_ms = instant_at(object, "resetsAt");
    details->grace_ends_at_ms = instant_at(object, "graceEndsAt");
    standing.denial = denial_of(details);
    return standing;
}

static int64_t amount_at(const json_t *object, const char *name) {
    int64_t value = number_at(object, name);
    return value < 0 ? 0 : value < FIGURE_MAX ? value : FIGURE_MAX;
}

static bool read_counter(const json_t *object, struct edge_told *ret_told) {
    struct str mode = text_at(object, "mode");
    *ret_told = (struct edge_told){.user_id = text_at(object, "userId"),
                                   .period_start = instant_at(object, "periodStart"),
                                   .period_ends_in_ms = number_at(object, "periodEndsInMs"),
                                   .granted = amount_at(object, "granted"),
                                   .reserve = amount_at(object, "reserve"),
                                   .expires_in_ms = number_at(object, "expiresInMs"),
                                   .is_recall = json_is_true(json_object_get(object, "recall")),
                                   .mode = str_equal(mode, STR("lease"))  ? EDGE_MODE_LEASE
                                           : str_equal(mode, STR("open")) ? EDGE_MODE_OPEN
                                                                          : EDGE_MODE_ASK,
                                   .standing = standing_at(object)};
    return metric_at(object, &ret_told->metric) && ret_told->user_id.len > 0;
}

static const struct {
    const char *code;
    enum edge_refusal refusal;
} refusals[] = {
    {"customer_not_found", EDGE_REFUSED_NO_CUSTOMER},
    {"epoch_ended", EDGE_REFUSED_EPOCH_ENDED},
    {"lease_unknown", EDGE_REFUSED_UNKNOWN},
    {"period_closed", EDGE_REFUSED_PERIOD_CLOSED},
    {"released_above_taken", EDGE_REFUSED_ABOVE_GRANT},
    {"spent_above_grant", EDGE_REFUSED_ABOVE_GRANT},
};

static enum edge_refusal refusal_of(struct str code) {
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        if (str_equal(code, str_from_cstr(refusals[i].code))) {
            return refusals[i].refusal;
        }
    }
    return EDGE_REFUSED_OTHER;
}

static void note(struct edge_reply *reply, struct str user_id, struct str code) {
    if (reply->problem[0] == 0) {
        (void)snprintf(reply->problem, sizeof reply->problem,
                       "refused user_id=" STR_FMT " code=" STR_FMT, STR_ARG(str_first(user_id, 64)),
                       STR_ARG(str_first(code, 64)));
    }
}

static void read_leases(struct edge_reply *reply) {
    const json_t *json = reply->json;
    reply->answer.incarnation = number_at(json, "incarnation");
    reply->answer.at = instant_at(json, "at");
    const json_t *counters = json_object_get(json, "counters");
    const json_t *rejected = json_object_get(json, "rejected");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(counters); i++) {
        count += read_counter(json_array_get(counters, i), &reply->told[count]);
    }
    for (size_t i = 0; i < json_array_size(rejected); i++) {
        const json_t *object = json_array_get(rejected, i);
        struct edge_told told = {.user_id = text_at(object, "userId"),
                                 .refusal = refusal_of(text_at(object, "code"))};
        if (metric_at(object, &told.metric) && told.user_id.len > 0) {
            note(reply, told.user_id, text_at(object, "code"));
            reply->told[count++] = told;
        }
    }
    reply->answer.count = count;
}

/* Events are named by their ids, which say nothing of the customer; but they come in order. */
static bool is_event_of(const struct edge_ask *ask, struct str id) {
    char own[EVENT_ID_SIZE];
    event_id(ask, own);
    return str_equal(id, str_from_cstr(own));
}

static void read_events(struct edge_reply *reply, const struct edge_send *send) {
    const json_t *results = json_object_get(reply->json, "results");
    size_t next = 0;
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *object = json_array_get(results, i);
        if (!str_equal(text_at(object, "status"), STR("rejected"))) {
            continue;
        }
        struct str id = text_at(object, "id");
        while (next < send->count && !is_event_of(&send->asks[next], id)) {
            next++; /* results come in the order of the events */
        }
        if (next < send->count && reply->answer.count < send->count) {
            const struct edge_ask *ask = &send->asks[next++];
            note(reply, ask->user_id, text_at(object, "code"));
            reply->told[reply->answer.count++] =
                (struct edge_told){.user_id = ask->user_id,
                                   .metric = ask->metric,
                                   .period_start = ask->period_start,
                                   .refusal = EDGE_REFUSED_OTHER};
        }
    }
}

static bool is_whole(const json_t *json, bool is_events) {
    if (is_events) {
        return json_is_integer(json_object_get(json, "accepted"));
    }
    return json_is_array(json_object_get(json, "counters")) &&
           json_is_array(json_object_get(json, "rejected"));
}

void edge_exchange_read(struct env *env, const struct edge_send *send, int status, struct str body,
                        struct edge_reply *ret_reply) {
    struct edge_reply *reply = ret_reply;
    *reply = (struct edge_reply){.outcome = EDGE_NOT_ANSWERED, .env = env};
    json_error_t error;
    reply->json =
        json_loadb(body.bytes == NULL ? "" : body.bytes, body.len, JSON_REJECT_DUPLICATES, &error);
    if (status != 200) {
        struct str code = text_at(reply->json, "code");
        bool is_other = status == 409 && str_equal(code, STR("incarnation_changed"));
        reply->outcome = is_other ? EDGE_OTHER_INCARNATION : EDGE_NOT_ANSWERED;
        (void)snprintf(reply->problem, sizeof reply->problem, "status=%d code=" STR_FMT, status,
                       STR_ARG(str_first(code, 64)));
        return;
    }
    size_t rows = json_array_size(json_object_get(reply->json, "counters")) +
                  json_array_size(json_object_get(reply->json, "rejected")) + send->count;
    reply->told = env_alloc(env, (rows + 1) * sizeof *reply->told);
    if (!is_whole(reply->json, send->is_events) || reply->told == NULL) {
        (void)snprintf(reply->problem, sizeof reply->problem, "the answer is not Turnpike's");
        return;
    }
    reply->outcome = EDGE_ANSWERED;
    reply->answer.told = reply->told;
    if (send->is_events) {
        read_events(reply, send);
    } else {
        read_leases(reply);
    }
}

void edge_reply_finish(struct edge_reply *reply) {
    json_decref(reply->json);
    if (reply->env != NULL) {
        env_free(reply->env, reply->told);
    }
    *reply = (struct edge_reply){0};
}

static enum turnpike_reason take_denial(const json_t *json, int64_t amount) {
    if (str_equal(text_at(json, "reason"), STR("grace_ended"))) {
        return TURNPIKE_GRACE_ENDED;
    }
    const json_t *hard = json_object_get(json, "hardLimit");
    int64_t left = (int64_t)json_integer_value(hard) - number_at(json, "used");
    return json_is_integer(hard) && amount <= left ? TURNPIKE_LEASE_SPENT : TURNPIKE_HARD_LIMIT;
}

bool edge_take_read(struct str body, int64_t amount, struct turnpike_verdict *ret_verdict) {
    json_error_t error;
    json_t *json =
        json_loadb(body.bytes == NULL ? "" : body.bytes, body.len, JSON_REJECT_DUPLICATES, &error);
    const json_t *allowed = json_object_get(json, "allowed");
    bool is_verdict = json_is_boolean(allowed);
    if (is_verdict) {
        bool is_allowed = json_is_true(allowed);
        *ret_verdict = (struct turnpike_verdict){
            is_allowed, is_allowed ? TURNPIKE_ASKED : take_denial(json, amount)};
    }
    json_decref(json);
    return is_verdict;
}
