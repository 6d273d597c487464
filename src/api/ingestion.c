/* /api/admin/ingestion: whether usage events are taken in. */
#include "api/ingestion.h"

#include "app/ingestion.h"

enum { REASON_MAX = 500 };

struct ingestion_out {
    struct str reason;
    bool is_paused;
    int64_t since;
};
#define AT(member) offsetof(struct ingestion_out, member)
static const struct shape_field ingestion_fields[] = {
    {"paused", "Usage events are answered 503 with Retry-After", SHAPE_BOOL,
     .offset = AT(is_paused)},
    {"reason", "Why; null while they are taken in", SHAPE_STR, .offset = AT(reason),
     .max = REASON_MAX, .flags = SHAPE_NULLABLE},
    {"since", "Since when; null while they are taken in", SHAPE_INSTANT, .offset = AT(since),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_paused)},
};
#undef AT
const struct shape ingestion_shape =
    SHAPE("Ingestion", "Whether usage events are taken in", struct ingestion_out, ingestion_fields);

struct switch_in {
    struct str reason;
};
static const struct shape_field switch_fields[] = {
    {"reason", "For the audit log", SHAPE_STR, .offset = offsetof(struct switch_in, reason),
     .min = 3, .max = REASON_MAX},
};
const struct shape ingestion_switch_shape =
    SHAPE("IngestionSwitch", "Why it is paused, or goes on", struct switch_in, switch_fields);

void ingestion_get(struct api_request *request) {
    struct tx tx = request_read(request);
    struct ingestion ingestion;
    if (reply_if_failed(request, ingestion_read(&tx, &ingestion))) {
        return;
    }
    struct ingestion_out out = {
        .reason = text_or_null(ingestion.reason),
        .is_paused = ingestion.is_paused,
        .since = ingestion.since,
    };
    reply_value(request, 200, &ingestion_shape, &out);
}

struct switch_in_hand {
    struct ingestion_switch change; /* first: `finished` hands it back */
    struct api_request *request;
};

static void switched(struct ingestion_switch *change) {
    struct api_request *request = ((struct switch_in_hand *)change)->request;
    if (change->command.outcome == OUTCOME_DONE) {
        ingestion_get(request);
    } else {
        reply_problem(request, (int)change->command.outcome);
    }
}

static void begin(struct api_request *request, bool pauses) {
    const struct switch_in *in = request->body;
    struct switch_in_hand *hand = ARENA_NEW(request->arena, struct switch_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->change.pauses = pauses;
    hand->change.reason = in->reason;
    hand->change.finished = switched;
    ingestion_switch(request->api->app, &hand->change);
}

void ingestion_pause(struct api_request *request) {
    begin(request, true);
}

void ingestion_resume(struct api_request *request) {
    begin(request, false);
}
