#include "cli/usage_batch.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/rfc3339.h"

void usage_batch_init(struct usage_batch *batch, struct env *env, const struct client *client,
                      struct str user) {
    *batch = (struct usage_batch){.env = env, .client = client, .user = user};
    buf_init(&batch->body, env, LIMIT_BODY_EVENTS);
}

void usage_batch_finish(struct usage_batch *batch) {
    buf_finish(&batch->body);
}

void usage_batch_add(struct usage_batch *batch, const struct usage_event *event) {
    check(batch->count < LIMIT_BATCH_EVENTS);
    if (batch->count == 0) {
        buf_clear(&batch->body);
        json_writer_init(&batch->writer, &batch->body);
        json_open_array(&batch->writer);
    }
    char at[RFC3339_SIZE];
    rfc3339_format(event->at_ms, at);
    struct json_writer *writer = &batch->writer;
    json_open_object(writer);
    json_member_cstr(writer, "specversion", "1.0");
    json_member_str(writer, "id", event->id);
    json_member_str(writer, "source", batch->source);
    json_member_cstr(writer, "type", event->type);
    json_member_str(writer, "subject", batch->user);
    json_member_cstr(writer, "time", at);
    json_name(writer, "data");
    json_open_object(writer);
    json_member_i64(writer, "value", event->value);
    json_close_object(writer);
    json_close_object(writer);
    batch->count++;
}

static void add_reason(struct usage_tally *tally, struct str code) {
    for (size_t i = 0; i < tally->reason_count; i++) {
        if (str_equal(str_from_cstr(tally->reasons[i].code), code)) {
            tally->reasons[i].count++;
            return;
        }
    }
    if (tally->reason_count < USAGE_REASONS_MAX && code.len < USAGE_REASON_SIZE) {
        struct usage_reason *reason = &tally->reasons[tally->reason_count++];
        memcpy(reason->code, code.bytes, code.len);
        reason->code[code.len] = '\0';
        reason->count = 1;
    }
}

/* The server must speak of every event: an answer that does not is no proof of anything. */
static struct err add_to_tally(struct usage_batch *batch, struct cx *cx, const json_t *json) {
    int64_t accepted = json_i64(json, "accepted", -1);
    int64_t duplicate = json_i64(json, "duplicate", -1);
    int64_t rejected = json_i64(json, "rejected", -1);
    bool is_sane = accepted >= 0 && duplicate >= 0 && rejected >= 0 &&
                   accepted <= LIMIT_BATCH_EVENTS && duplicate <= LIMIT_BATCH_EVENTS &&
                   rejected <= LIMIT_BATCH_EVENTS;
    if (!is_sane || (uint64_t)(accepted + duplicate + rejected) != batch->count) {
        return cx_fail(cx, ERR(ERR_FORMAT),
                       "The server's answer does not account for the %zu events sent: is this a "
                       "Turnpike server?",
                       batch->count);
    }
    batch->tally.accepted += (uint64_t)accepted;
    batch->tally.duplicate += (uint64_t)duplicate;
    batch->tally.rejected += (uint64_t)rejected;
    const json_t *results = json_at(json, "results");
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *result = json_array_get(results, i);
        if (str_equal(json_text(result, "status"), STR("rejected"))) {
            struct str code = json_text(result, "code");
            add_reason(&batch->tally, code.len > 0 ? code : STR("unnamed"));
        }
    }
    return OK;
}

static struct err send_with(struct usage_batch *batch, struct cx *cx) {
    struct client_request request = {
        .method = STR("POST"),
        .target = STR("/api/usage/events"),
        .body = buf_str(&batch->body),
        .content_type = STR("application/cloudevents-batch+json"),
    };
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    TRY(client_call(cx, batch->client, &request, &answer));
    TRY(client_answer_check(cx, &answer));
    return add_to_tally(batch, cx, answer.json);
}

struct err usage_batch_send(struct usage_batch *batch, struct cx *cx) {
    if (batch->count == 0) {
        return OK;
    }
    json_close_array(&batch->writer);
    if (batch->body.has_failed) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for %zu events.", batch->count);
    }
    /* Memory of its own, so that a log of any length needs no more than one batch does. */
    struct arena arena;
    struct cx own;
    arena_init(&arena, batch->env, LIMIT_REQUEST_ARENA);
    cx_init(&own, batch->env, &arena);
    struct err err = send_with(batch, &own);
    if (err_failed(err)) {
        err = cx_fail(cx, err, "%s", own.detail);
    } else {
        batch->count = 0;
    }
    arena_finish(&arena);
    return err;
}
