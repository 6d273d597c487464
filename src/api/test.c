/* Test mode: the clock that can be moved, and the sandbox behind it. */
#include "api/resources.h"

struct clock_out {
    int64_t now;
};

static const struct shape_field clock_fields[] = {
    {"now", "Where the clock stands", SHAPE_INSTANT, .offset = offsetof(struct clock_out, now)},
};
const struct shape clock_shape = SHAPE("Clock", "The test clock", struct clock_out, clock_fields);

struct advance_in {
    struct str advance;
    int64_t to;
    bool has_to;
};

static const struct shape_field advance_fields[] = {
    {"advance", "By how much, as ISO 8601: P1M, P14D, PT48H", SHAPE_STR,
     .offset = offsetof(struct advance_in, advance), .min = 2, .max = 32,
     .allowed = "PYMWDTHS0123456789", .flags = SHAPE_OPTIONAL},
    {"to", "To where", SHAPE_INSTANT, .offset = offsetof(struct advance_in, to),
     .flags = SHAPE_OPTIONAL, .is_set = offsetof(struct advance_in, has_to)},
};
const struct shape clock_advance_shape =
    SHAPE("ClockAdvance", "Either advance or to", struct advance_in, advance_fields);

struct sandbox_out {
    struct str url, secret_key;
};

static const struct shape_field sandbox_fields[] = {
    {"url", "Where the sandbox listens", SHAPE_STR, .offset = offsetof(struct sandbox_out, url),
     .max = 500},
    {"secretKey", "Its key, worth nothing elsewhere", SHAPE_STR,
     .offset = offsetof(struct sandbox_out, secret_key), .max = 200},
};
const struct shape sandbox_shape = SHAPE("Sandbox", "The Stripe that this server charges through",
                                         struct sandbox_out, sandbox_fields);

static void reply_clock(struct api_request *request) {
    struct clock_out out = {request_now(request).ms};
    reply_value(request, 200, &clock_shape, &out);
}

static bool has_clock(struct api_request *request) {
    bool has = request->api->options.clock.advance != NULL;
    if (!has) {
        reply_problem(request, PROBLEM_NOT_IN_TEST_MODE);
    }
    return has;
}

void test_clock_get(struct api_request *request) {
    if (has_clock(request)) {
        reply_clock(request);
    }
}

/* False, with a reply, when it cannot be told where to. */
static bool read_target(struct api_request *request, const struct advance_in *in,
                        struct instant *ret_to) {
    struct shape_errors errors = {.count = 0};
    struct calendar_step step;
    *ret_to = (struct instant){in->to};
    if (in->has_to == (in->advance.len > 0)) {
        shape_error_add(&errors, request->arena, "", "either advance or to");
    } else if (!in->has_to && (!calendar_step_parse(in->advance, &step) ||
                               !instant_add_step(request_now(request), step, ret_to))) {
        shape_error_add(&errors, request->arena, "/advance",
                        "an ISO 8601 duration such as P1M, P14D or PT48H");
    }
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    }
    return errors.count == 0;
}

static void advanced(void *context, int outcome) {
    struct api_request *request = context;
    if (outcome == OUTCOME_DONE) {
        reply_clock(request);
    } else {
        reply_problem(request, outcome);
    }
}

void test_clock_advance(struct api_request *request) {
    struct instant to;
    if (!has_clock(request) || !read_target(request, request->body, &to)) {
        return;
    }
    if (instant_is_before(to, request_now(request))) {
        reply_problem(request, OUTCOME_CLOCK_BACKWARD);
        return;
    }
    const struct api_clock *clock = &request->api->options.clock;
    clock->advance(clock->context, to, advanced, request);
}

void test_sandbox_get(struct api_request *request) {
    const struct api_sandbox *sandbox = &request->api->options.sandbox;
    if (sandbox->url.len == 0) {
        reply_problem(request, PROBLEM_NO_SANDBOX);
        return;
    }
    struct sandbox_out out = {sandbox->url, sandbox->secret_key};
    reply_value(request, 200, &sandbox_shape, &out);
}
