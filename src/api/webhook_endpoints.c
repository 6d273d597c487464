/* /api/webhook-endpoints: who is told of billing events, and under which secret. */
#include "api/webhook_resources.h"

#include "app/webhook_endpoint.h"
#include "app/webhook_signature.h"
#include "net/guard.h"

enum {
    DESCRIPTION_MAX = 500,
    TYPES_MAX = 64,
    TYPE_MAX = 64,
    METADATA_MEMBERS_MAX = 20,
    METADATA_NAME_MAX = 40,
    METADATA_TEXT_MAX = 500,
};

static const char *const statuses[] = {"enabled", "disabled", NULL};
static_assert(ARRAY_LEN(statuses) == WEBHOOK_ENDPOINT_STATUS_COUNT + 1, "as the store has them");

/* --- as shown --- */

struct endpoint_out {
    struct str id, url, description, disabled_reason, metadata, secret;
    struct shape_list types; /* struct str */
    int64_t created_at, updated_at, disabled_at, failing_since, secret_before_until;
    int status;
    bool has_disabled, has_failing, has_secret_before;
};

static const struct shape_field type_item = {
    .kind = SHAPE_STR, .min = 1, .max = TYPE_MAX, .allowed = "abcdefghijklmnopqrstuvwxyz_.*"};

#define TYPES_DOC "invoice.paid, all of a group (dunning.*), or all there are (*)"
#define METADATA_DOC "Names and texts of yours, at most 20"

#define AT(member) offsetof(struct endpoint_out, member)
static const struct shape_field endpoint_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"url", "Where events go", SHAPE_STR, .offset = AT(url), .max = GUARD_URL_MAX},
    {"description", "For people", SHAPE_STR, .offset = AT(description), .max = DESCRIPTION_MAX},
    {"eventTypes", TYPES_DOC, SHAPE_LIST, .offset = AT(types), .max = TYPES_MAX, .item = &type_item,
     .item_size = sizeof(struct str)},
    {"metadata", METADATA_DOC, SHAPE_JSON, .offset = AT(metadata)},
    {"status", "Whether anything is sent there", SHAPE_ENUM, .offset = AT(status),
     .names = statuses},
    {"disabledReason",
     "operator: by hand; gone: it answered 410; failing: nothing arrived for 5 days", SHAPE_STR,
     .offset = AT(disabled_reason), .max = 16, .flags = SHAPE_NULLABLE},
    {"disabledAt", "Since when nothing is sent", SHAPE_INSTANT, .offset = AT(disabled_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_disabled)},
    {"failingSince",
     "Since when no attempt has succeeded; null: the last one did, or none was made", SHAPE_INSTANT,
     .offset = AT(failing_since), .flags = SHAPE_NULLABLE, .is_set = AT(has_failing)},
    {"previousSecretExpiresAt", "Until then the secret before signs as well", SHAPE_INSTANT,
     .offset = AT(secret_before_until), .flags = SHAPE_NULLABLE, .is_set = AT(has_secret_before)},
    {"createdAt", "When it was made", SHAPE_INSTANT, .offset = AT(created_at)},
    {"updatedAt", "When it was last changed", SHAPE_INSTANT, .offset = AT(updated_at)},
    {"secret", "What signs: keep it, it is shown when it is made and not again", SHAPE_STR,
     .offset = AT(secret), .max = WEBHOOK_SECRET_MAX, .flags = SHAPE_OPTIONAL | SHAPE_OMITTED},
};
#undef AT
const struct shape webhook_endpoint_shape =
    SHAPE("WebhookEndpoint", "Who is told of events", struct endpoint_out, endpoint_fields);
static const struct shape_field endpoint_item = {.kind = SHAPE_OBJECT,
                                                 .of = &webhook_endpoint_shape};

static const struct shape_field endpoints_fields[] = {
    {"data", "The oldest first", SHAPE_LIST, .offset = 0, .max = WEBHOOK_ENDPOINTS_MAX,
     .item = &endpoint_item, .item_size = sizeof(struct endpoint_out)},
};
const struct shape webhook_endpoints_shape =
    SHAPE("WebhookEndpoints", "All endpoints", struct shape_list, endpoints_fields);

/* The words of a row as a list. */
static struct shape_list words_of(struct arena *arena, struct str words) {
    struct str *list = arena_array(arena, TYPES_MAX, sizeof *list);
    size_t count = 0;
    while (list != NULL && words.len > 0 && count < TYPES_MAX) {
        list[count++] = str_cut(&words, ' ');
    }
    return (struct shape_list){list, count};
}

static struct endpoint_out endpoint_out_of(struct api_request *request,
                                           const struct webhook_endpoint_row *row) {
    return (struct endpoint_out){
        .id = id_str(&row->id),
        .url = row->url,
        .description = row->description,
        .types = words_of(request->arena, row->types),
        .metadata = row->metadata,
        .status = row->status,
        .disabled_reason = text_or_null(row->disabled_reason),
        .has_disabled = row->disabled_at != ROW_NONE,
        .disabled_at = row->disabled_at,
        .has_failing = row->failing_since != ROW_NONE,
        .failing_since = row->failing_since,
        .has_secret_before =
            row->secret_before.len > 0 && row->secret_before_until > request_now(request).ms,
        .secret_before_until = row->secret_before_until,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
}

void webhook_endpoints_list(struct api_request *request) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, webhook_endpoints_read(&tx, &list))) {
        return;
    }
    const struct webhook_endpoint_row *rows = list.items;
    struct endpoint_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = endpoint_out_of(request, &rows[i]);
    }
    struct shape_list all = {out, out == NULL ? 0 : list.count};
    reply_value(request, 200, &webhook_endpoints_shape, &all);
}

/* `secret` empty: it is not shown. */
static void reply_endpoint(struct api_request *request, int status, struct str id,
                           struct str secret) {
    struct tx tx = request_read(request);
    struct webhook_endpoint_row row;
    bool is_found = false;
    if (reply_if_failed(request, webhook_endpoint_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_WEBHOOK_ENDPOINT_NOT_FOUND);
        return;
    }
    struct endpoint_out out = endpoint_out_of(request, &row);
    out.secret = text_or_null(secret);
    reply_value(request, status, &webhook_endpoint_shape, &out);
}

void webhook_endpoints_get(struct api_request *request) {
    reply_endpoint(request, 200, request->values[0], STR(""));
}

/* --- made, changed --- */

struct endpoint_in {
    struct str url, description, metadata;
    struct shape_list types; /* struct str */
    int status;
};

#define AT(member) offsetof(struct endpoint_in, member)
#define FACTS_FIELDS                                                                               \
    {"url",                                                                                        \
     "https (or http, where no real money moves), to a host of the public internet",               \
     SHAPE_STR,                                                                                    \
     .offset = AT(url),                                                                            \
     .min = 1,                                                                                     \
     .max = GUARD_URL_MAX,                                                                         \
     .flags = SHAPE_PERSONAL},                                                                     \
        {"description",                                                                            \
         "For people",                                                                             \
         SHAPE_STR,                                                                                \
         .offset = AT(description),                                                                \
         .max = DESCRIPTION_MAX,                                                                   \
         .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},                                                \
        {"eventTypes", TYPES_DOC,        SHAPE_LIST,         .offset = AT(types),                  \
         .min = 1,     .max = TYPES_MAX, .item = &type_item, .item_size = sizeof(struct str)},     \
    {                                                                                              \
        "metadata", METADATA_DOC, SHAPE_JSON, .offset = AT(metadata), .flags = SHAPE_OPTIONAL      \
    }

static const struct shape_field create_fields[] = {FACTS_FIELDS};
const struct shape webhook_endpoint_create_shape =
    SHAPE("WebhookEndpointCreate", "An endpoint to make", struct endpoint_in, create_fields);

static const struct shape_field put_fields[] = {
    FACTS_FIELDS,
    {"status", "disabled: nothing is sent, and what waits has failed; enabled: begin anew",
     SHAPE_ENUM, .offset = AT(status), .names = statuses},
};
#undef AT
const struct shape webhook_endpoint_put_shape =
    SHAPE("WebhookEndpointPut", "The whole of what is said of an endpoint", struct endpoint_in,
          put_fields);

static void judge_url(struct api_request *request, struct str url, struct shape_errors *errors) {
    const struct app *app = request->api->app;
    const struct guard_rules rules = {
        .allows_private = app->allows_private_hosts,
        .needs_https = !app->is_test,
    };
    const char *objection = guard_objection(url, rules);
    if (objection != NULL) {
        shape_error_add(errors, request->arena, "/url", objection);
    }
}

/* The words with blanks between, each once. */
static struct str judge_types(struct api_request *request, const struct shape_list *types,
                              struct shape_errors *errors) {
    const struct str *words = types->items;
    struct str all = STR("");
    for (size_t i = 0; i < types->count; i++) {
        if (!webhook_type_is_known(words[i])) {
            shape_error_add(errors, request->arena,
                            arena_printf(request->arena, "/eventTypes/%zu", i).bytes,
                            "a type of event (docs/reference/webhooks.md), dunning.* or *");
            continue;
        }
        bool is_there = false;
        for (size_t before = 0; before < i; before++) {
            is_there = is_there || str_equal(words[before], words[i]);
        }
        all = is_there ? all
                       : arena_printf(request->arena, STR_FMT "%s" STR_FMT, STR_ARG(all),
                                      all.len > 0 ? " " : "", STR_ARG(words[i]));
    }
    return all;
}

static bool is_metadata(struct str text) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *object = json_read(text, &problem);
    bool is_good = json_is_object(object) && json_object_size(object) <= METADATA_MEMBERS_MAX;
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value) {
        size_t len = strlen(name);
        is_good = is_good && len > 0 && len <= METADATA_NAME_MAX && json_is_string(value) &&
                  json_string_length(value) <= METADATA_TEXT_MAX;
    }
    return is_good;
}

/* What a shape cannot say; false, and answered, when it is not so. */
static bool judge(struct api_request *request, const struct endpoint_in *in,
                  struct webhook_endpoint_facts *ret_facts) {
    struct shape_errors errors = {.count = 0};
    judge_url(request, in->url, &errors);
    struct str types = judge_types(request, &in->types, &errors);
    if (in->metadata.len > 0 && !is_metadata(in->metadata)) {
        shape_error_add(&errors, request->arena, "/metadata",
                        "an object of at most 20 names of up to 40 bytes, each with a text of up "
                        "to 500");
    }
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return false;
    }
    *ret_facts = (struct webhook_endpoint_facts){in->url, in->description, types, in->metadata};
    return true;
}

struct create_in_hand {
    struct webhook_endpoint_create create; /* first: `done` hands it back */
    struct api_request *request;
};

static void created(struct command *command) {
    struct create_in_hand *hand = (struct create_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_endpoint(hand->request, 201, id_str(&hand->create.id), hand->create.secret);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void webhook_endpoints_create(struct api_request *request) {
    struct create_in_hand *hand = COMMAND_NEW(request->arena, struct create_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!judge(request, request->body, &hand->create.facts)) {
        return;
    }
    hand->request = request;
    hand->create.secret = webhook_secret_new(&request->cx);
    hand->create.command.done = created;
    if (hand->create.secret.len == 0) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    webhook_endpoint_create(request->api->app, &hand->create);
}

struct change_in_hand {
    struct webhook_endpoint_change change; /* first: `done` hands it back */
    struct api_request *request;
};

static void changed(struct command *command) {
    struct api_request *request = ((struct change_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        webhook_endpoints_get(request);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void webhook_endpoints_put(struct api_request *request) {
    const struct endpoint_in *in = request->body;
    struct change_in_hand *hand = COMMAND_NEW(request->arena, struct change_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!judge(request, in, &hand->change.facts)) {
        return;
    }
    hand->request = request;
    hand->change.id = request->values[0];
    hand->change.is_enabled = in->status == WEBHOOK_ENDPOINT_ENABLED;
    hand->change.command.done = changed;
    webhook_endpoint_change(request->api->app, &hand->change);
}

/* --- ended --- */

struct remove_in_hand {
    struct webhook_endpoint_remove remove; /* first: `done` hands it back */
    struct api_request *request;
};

static void removed(struct command *command) {
    struct api_request *request = ((struct remove_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void webhook_endpoints_delete(struct api_request *request) {
    struct remove_in_hand *hand = COMMAND_NEW(request->arena, struct remove_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->remove.id = request->values[0];
    hand->remove.command.done = removed;
    webhook_endpoint_remove(request->api->app, &hand->remove);
}

/* --- another secret --- */

struct rotate_in {
    int64_t overlap_hours;
    bool has_overlap;
};
static const struct shape_field rotate_fields[] = {
    {"overlapHours", "For so long the secret before signs as well; 24 when it is not said",
     SHAPE_I64, .offset = offsetof(struct rotate_in, overlap_hours), .min = 0,
     .max = WEBHOOK_OVERLAP_HOURS_MAX, .flags = SHAPE_OPTIONAL,
     .is_set = offsetof(struct rotate_in, has_overlap)},
};
const struct shape webhook_rotate_shape =
    SHAPE("WebhookRotateSecret", "How a secret is rolled", struct rotate_in, rotate_fields);

struct roll_in_hand {
    struct webhook_secret_roll roll; /* first: `done` hands it back */
    struct api_request *request;
};

static void rolled(struct command *command) {
    struct roll_in_hand *hand = (struct roll_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_endpoint(hand->request, 200, hand->roll.id, hand->roll.secret);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void webhook_endpoints_rotate(struct api_request *request) {
    const struct rotate_in *in = request->body;
    struct roll_in_hand *hand = COMMAND_NEW(request->arena, struct roll_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->roll.id = request->values[0];
    hand->roll.secret = webhook_secret_new(&request->cx);
    hand->roll.overlap_hours = in->has_overlap ? in->overlap_hours : WEBHOOK_OVERLAP_HOURS;
    hand->roll.command.done = rolled;
    if (hand->roll.secret.len == 0) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    webhook_secret_roll(request->api->app, &hand->roll);
}
