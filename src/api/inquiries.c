/* /api/contract-requests: anybody may ask for a contract, without an account. It is answered the
 * same whoever asks, so that nobody learns who is a customer here. */
#include "api/inquiry_resources.h"

#include <inttypes.h>

#include "app/audit.h"
#include "app/inquiry.h"

/* --- what is sent --- */

struct make_in {
    struct str company, name, email, country, message;
    int64_t usage[METRIC_COUNT]; /* 0: not said */
    int language;
    bool has_language;
};
static const char *const languages[] = {"en", "de", NULL}; /* as core/locale.h speaks */

#define EXPECTED(metric, word, doc)                                                                \
    {                                                                                              \
        word, doc, SHAPE_I64, .offset = (metric) * sizeof(int64_t), .min = 1,                      \
                              .max = JCS_WHOLE_MAX, .flags = SHAPE_OPTIONAL                        \
    }
static const struct shape_field usage_fields[] = {
    EXPECTED(METRIC_API_REQUESTS, "api_requests", "Requests a month"),
    EXPECTED(METRIC_BANDWIDTH, "bandwidth", "Bytes a month, in and out"),
    EXPECTED(METRIC_BUILD_MINUTES, "build_minutes", "Seconds a month"),
    EXPECTED(METRIC_COLLABORATORS, "collaborators", "People"),
    EXPECTED(METRIC_DEPLOYMENTS, "deployments", "Deployments"),
    EXPECTED(METRIC_MODULES, "modules", "WebAssembly modules"),
    EXPECTED(METRIC_STORAGE, "storage", "Bytes"),
};
static_assert(ARRAY_LEN(usage_fields) == METRIC_COUNT, "every metric");
static const struct shape usage_shape = {"ExpectedUsage", "What is expected, where it is known",
                                         METRIC_COUNT * sizeof(int64_t), usage_fields,
                                         ARRAY_LEN(usage_fields)};

#define AT(member) offsetof(struct make_in, member)
static const struct shape_field make_fields[] = {
    {"company", "Who would be the customer", SHAPE_STR, .offset = AT(company), .min = 1,
     .max = LIMIT_NAME, .flags = SHAPE_PERSONAL | SHAPE_IN_CHARACTERS},
    {"name", "Of who asks", SHAPE_STR, .offset = AT(name), .min = 1, .max = LIMIT_NAME,
     .flags = SHAPE_PERSONAL | SHAPE_IN_CHARACTERS},
    {"email", "Where the answer goes", SHAPE_STR, .offset = AT(email), .min = 3, .max = LIMIT_EMAIL,
     .flags = SHAPE_PERSONAL},
    {"country", "ISO 3166: two upper-case letters", SHAPE_STR, .offset = AT(country), .min = 2,
     .max = 2, .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"message", "What is needed: amounts, a term, how it will be paid", SHAPE_STR,
     .offset = AT(message), .min = 1, .max = INQUIRY_TEXT_MAX,
     .flags = SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
    {"usage", "What is expected", SHAPE_OBJECT, .offset = AT(usage), .of = &usage_shape,
     .flags = SHAPE_OPTIONAL},
    {"language", "Of the answer; English when not given", SHAPE_ENUM, .offset = AT(language),
     .names = languages, .flags = SHAPE_OPTIONAL, .is_set = AT(has_language)},
};
#undef AT
const struct shape inquiry_make_shape =
    SHAPE("Inquiry", "Who asks for a contract, and what they need", struct make_in, make_fields);

struct made_out {
    struct str id;
    int64_t created_at;
};
static const struct shape_field made_fields[] = {
    {"id", "By which both sides can speak of it", SHAPE_STR,
     .offset = offsetof(struct made_out, id), .max = INQUIRY_ID_MAX},
    {"createdAt", "When it was asked", SHAPE_INSTANT,
     .offset = offsetof(struct made_out, created_at)},
};
const struct shape inquiry_made_shape =
    SHAPE("InquiryMade", "That it was heard", struct made_out, made_fields);

/* --- how often --- */

/* Replies and returns false when too many were sent from there. */
static bool may_send(struct api_request *request) {
    struct api *api = request->api;
    int64_t wait_ms = 0;
    if (api->forms == NULL) {
        api->forms = attempts_create(
            api->env, (struct attempts_rates){THROTTLE_FORM_ADDRESS, THROTTLE_FORM_NETWORK});
    }
    if (api->forms == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return false;
    }
    if (!attempts_take(api->forms, request->origin.address, request_now(request).ms, &wait_ms)) {
        reply_problem_detail(request, PROBLEM_TOO_MANY_REQUESTS,
                             arena_printf(request->arena,
                                          "Too many requests were sent from this address; the next "
                                          "is taken in %" PRId64 " seconds.",
                                          (wait_ms + 999) / 1000));
        return false;
    }
    return true;
}

/* --- the handler --- */

struct make_in_hand {
    struct inquiry_make make; /* first: `done` hands it back */
    struct api_request *request;
};

static void made(struct command *command) {
    struct make_in_hand *hand = (struct make_in_hand *)command;
    if (command->outcome != OUTCOME_CREATED && command->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    struct made_out out = {id_str(&hand->make.id), hand->make.at.ms};
    reply_value(hand->request, command->outcome == OUTCOME_CREATED ? 201 : 200, &inquiry_made_shape,
                &out);
}

static struct str usage_text(struct api_request *request, const struct make_in *in) {
    struct jcs_member members[METRIC_COUNT];
    size_t count = 0;
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (in->usage[i] > 0) {
            members[count++] =
                (struct jcs_member)AUDIT_WHOLE(metric_name((enum metric)i), in->usage[i]);
        }
    }
    return audit_facts(&request->cx, members, count);
}

void inquiries_make(struct api_request *request) {
    const struct make_in *in = request->body;
    struct make_in_hand *hand = ARENA_NEW(request->arena, struct make_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!check_email(request, "/email", in->email) || !may_send(request)) {
        return;
    }
    hand->request = request;
    hand->make.company = in->company;
    hand->make.name = in->name;
    hand->make.email = in->email;
    hand->make.country = in->country;
    hand->make.language = str_from_cstr(in->has_language ? languages[in->language] : "en");
    hand->make.message = in->message;
    hand->make.usage = usage_text(request, in);
    hand->make.command.done = made;
    inquiry_make(request->api->app, &hand->make);
}
