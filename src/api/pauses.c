/* Pauses of a subscription: by operators at the customer's wish, and by customers themselves. */
#include "api/customer_resources.h"
#include "api/resources.h"

#include "app/pause.h"
#include "core/pause.h"

enum { REASON_MAX = 500 };

/* --- what is asked --- */

struct pause_for_in {
    struct str reason;
    int64_t until;
    int tier;
    bool has_until, has_tier;
};
#define AT(member) offsetof(struct pause_for_in, member)
#define REASON_FIELD                                                                               \
    {                                                                                              \
        "reason", "Why, for the audit log", SHAPE_STR, .offset = AT(reason), .min = 1,             \
                                                       .max = REASON_MAX, .flags = SHAPE_PERSONAL  \
    }
#define SHOWN_FIELD                                                                                \
    {                                                                                              \
        "tier", "That preview=true has shown: refused where it is another by now", SHAPE_ENUM,     \
            .offset = AT(tier), .names = tier_names, .flags = SHAPE_OPTIONAL,                      \
            .is_set = AT(has_tier)                                                                 \
    }
static const struct shape_field pause_for_fields[] = {
    REASON_FIELD,
    {"until", "When it goes on by itself, within a year; absent: by hand alone", SHAPE_INSTANT,
     .offset = AT(until), .flags = SHAPE_OPTIONAL, .is_set = AT(has_until)},
    SHOWN_FIELD,
};
static const struct shape_field resume_for_fields[] = {REASON_FIELD, SHOWN_FIELD};
#undef AT
const struct shape pause_for_shape =
    SHAPE("PauseFor", "A customer's plan that is paused", struct pause_for_in, pause_for_fields);
const struct shape resume_for_shape =
    SHAPE("ResumeFor", "A customer's plan that goes on", struct pause_for_in, resume_for_fields);

struct pause_own_in {
    int64_t months;
};
static const struct shape_field pause_own_fields[] = {
    {"months", "For how long; then it goes on by itself", SHAPE_I64,
     .offset = offsetof(struct pause_own_in, months), .min = 1, .max = PAUSE_MONTHS_OWN_MAX},
};
const struct shape pause_own_shape =
    SHAPE("Pause", "A pause of the plan", struct pause_own_in, pause_own_fields);

/* --- what it would come to --- */

struct pause_out {
    int tier, interval;
    struct str access;
    struct money price;
    bool has_end;
    int64_t resumes_at;
};
#define AT(member) offsetof(struct pause_out, member)
static const struct shape_field pause_fields[] = {
    {"tier", "Which plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"interval", "How often it is paid", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names},
    {"price",
     "Of one interval: not billed, and no revenue, in a pause; once it goes on, billed at once, "
     "less what was paid and unused",
     SHAPE_OBJECT, .offset = AT(price), .of = &money_shape},
    {"access", "What the gate allows then: full, restricted (the limits of free), or none",
     SHAPE_STR, .offset = AT(access), .max = 16},
    {"resumesAt", "When a pause ends by itself; null: by hand alone", SHAPE_INSTANT,
     .offset = AT(resumes_at), .flags = SHAPE_NULLABLE, .is_set = AT(has_end)},
};
#undef AT
const struct shape pause_preview_shape = SHAPE(
    "PausePreview", "What a pause, or its end, would come to", struct pause_out, pause_fields);

static void preview(struct api_request *request, const struct operation_request *wanted) {
    struct tx tx = request_read(request);
    struct pause_shown shown;
    enum outcome outcome = OUTCOME_DONE;
    if (reply_if_failed(request, pause_preview(request->api->app, &tx, wanted, &shown, &outcome))) {
        return;
    }
    if (outcome != OUTCOME_DONE) {
        reply_problem(request, (int)outcome);
        return;
    }
    const struct pause_out out = {
        (int)shown.tier, (int)shown.interval, str_from_cstr(access_name(shown.access)),
        shown.price,     shown.has_end,       shown.resumes_at.ms};
    reply_value(request, 200, &pause_preview_shape, &out);
}

/* --- what is done --- */

static void answered(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_subscription(request, 200);
}

static void act(struct api_request *request, const struct operation_request *wanted) {
    if (customer_act_only_asks(request)) {
        preview(request, wanted);
    } else if (wanted->is_of_operator && request->idempotency_key.len == 0) {
        reply_problem(request, PROBLEM_IDEMPOTENCY_KEY_MISSING);
    } else {
        request_operation(request, wanted, answered);
    }
}

static void act_for(struct api_request *request, enum operation_kind kind) {
    const struct pause_for_in *in = request->body;
    request->user_id = request->values[0];
    act(request, &(struct operation_request){
                     .kind = kind,
                     .user_id = request->user_id,
                     .tier = in->has_tier ? in->tier : -1,
                     .interval = -1,
                     .since = in->has_until ? in->until : 0,
                     .reason = in->reason,
                     .is_of_operator = true,
                 });
}

void subscription_pause_for(struct api_request *request) {
    act_for(request, OPERATION_PAUSE);
}

void subscription_resume_for(struct api_request *request) {
    act_for(request, OPERATION_PAUSE_END);
}

void subscription_pause_own(struct api_request *request) {
    const struct pause_own_in *in = request->body;
    act(request, &(struct operation_request){
                     .kind = OPERATION_PAUSE,
                     .user_id = request->user_id,
                     .tier = -1,
                     .interval = -1,
                     .months = in->months,
                 });
}

void subscription_resume_own(struct api_request *request) {
    act(request, &(struct operation_request){
                     .kind = OPERATION_PAUSE_END,
                     .user_id = request->user_id,
                     .tier = -1,
                     .interval = -1,
                 });
}
