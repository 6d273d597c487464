/* Many decisions in one request: an array of takes, checks or releases, answered in order. An item
 * that is wrong is answered in its place with the problem's code and sinks no other; those that are
 * stored are so by one commit. */
#include "api/take_batch.h"

#include "api/media.h"
#include "api/take_decode.h"
#include "app/take.h"

enum { BATCH_ANSWER_MAX = TAKE_BATCH_MAX * 1024 };

/* --- the description --- */

#define TAKE_MEMBERS                                                                               \
    "\"userId\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"                           \
    "\"metric\":{\"enum\":[\"modules\",\"deployments\",\"api_requests\",\"bandwidth\","            \
    "\"build_minutes\",\"collaborators\",\"storage\"]},"                                           \
    "\"amount\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":9007199254740992}"
#define BATCH_OF(members)                                                                          \
    "{\"type\":\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":{\"type\":\"object\","         \
    "\"description\":\"One that is not as described is answered with invalid_fields\","            \
    "\"required\":[\"userId\",\"metric\",\"amount\"],\"properties\":{" members "}}}"
#define BATCH_EXAMPLE                                                                              \
    "[{\"userId\":\"user_42\",\"metric\":\"api_requests\",\"amount\":1},"                          \
    "{\"userId\":\"user_43\",\"metric\":\"bandwidth\",\"amount\":2048}]"

const struct route_media check_batch_media[] = {
    {"application/json", BATCH_OF(TAKE_MEMBERS), BATCH_EXAMPLE},
    {NULL, NULL, NULL},
};
#define ID_MEMBER(name) ",\"" name "\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":128}"
const struct route_media take_batch_media[] = {
    {"application/json", BATCH_OF(TAKE_MEMBERS ID_MEMBER("id")), BATCH_EXAMPLE},
    {NULL, NULL, NULL},
};
const struct route_media release_batch_media[] = {
    {"application/json", BATCH_OF(TAKE_MEMBERS ID_MEMBER("id") ID_MEMBER("releaseId")),
     BATCH_EXAMPLE},
    {NULL, NULL, NULL},
};

static void encode_nothing(struct json_writer *out, const void *member) {
    (void)member;
    json_put_null(out); /* the answer is written item by item; this describes it */
}

static const struct shape_custom result_custom = {
    .encode = encode_nothing,
    .expected = "an answer or a problem",
    .schema = "{\"anyOf\":[{\"$ref\":\"#/components/schemas/TakeAnswer\"},"
              "{\"type\":\"object\",\"description\":\"Why this one was not decided\","
              "\"required\":[\"status\",\"code\",\"detail\"],\"properties\":{"
              "\"status\":{\"type\":\"integer\"},\"code\":{\"type\":\"string\"},"
              "\"detail\":{\"type\":\"string\"}},\"additionalProperties\":false}]}",
};
static const struct shape_field result_item = {.kind = SHAPE_CUSTOM, .custom = &result_custom};
static const struct shape_field batch_fields[] = {
    {"results", "One for each item, in the order they were sent", SHAPE_LIST, .offset = 0,
     .max = TAKE_BATCH_MAX, .item = &result_item, .item_size = sizeof(struct str)},
};
const struct shape take_batch_shape =
    SHAPE("TakeBatch", "What became of each", struct shape_list, batch_fields);

/* --- reading --- */

struct item {
    struct take_in in;
    struct str problem; /* what was expected where; bytes NULL when all is well */
};

struct batch {
    struct api_request *request;
    const struct shape *shape; /* of one item */
    struct item *items;
    size_t count;
};

static struct str sentence_of(struct arena *arena, const struct shape_errors *errors) {
    const struct shape_error *first = &errors->list[0];
    struct str where = first->path.len > 1 ? str_skip(first->path, 1) : STR("the item");
    return arena_printf(arena, STR_FMT ": expected " STR_FMT ".", STR_ARG(where),
                        STR_ARG(first->expected));
}

static void read_items(struct batch *batch, const json_t *array) {
    struct arena *arena = batch->request->arena;
    struct shape_errors *errors = ARENA_NEW(arena, struct shape_errors);
    for (size_t i = 0; errors != NULL && i < batch->count; i++) {
        struct item *item = &batch->items[i];
        errors->count = 0;
        if (!shape_decode(batch->shape, json_array_get(array, i), arena, &item->in, errors)) {
            item->problem = sentence_of(arena, errors);
        }
    }
}

static void reply_not_a_batch(struct api_request *request) {
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, "", "a list of 1 to 1000 items");
    reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
}

/* The long way: everything that the scanner has left, right or wrong. */
static bool read_json(struct batch *batch) {
    struct api_request *request = batch->request;
    struct json_problem problem;
    json_t *json CLEANUP(json_release) = json_read(request->http->body, &problem);
    if (json == NULL) {
        reply_malformed_json(request, &problem);
        return false;
    }
    batch->count = json_array_size(json); /* 0 for what is no array */
    if (batch->count == 0 || batch->count > TAKE_BATCH_MAX) {
        reply_not_a_batch(request);
        return false;
    }
    batch->items = arena_array(request->arena, batch->count, sizeof *batch->items);
    if (batch->items != NULL) {
        read_items(batch, json);
    }
    return true;
}

static bool read_batch(struct batch *batch) {
    struct api_request *request = batch->request;
    struct take_in *scanned = arena_array(request->arena, TAKE_BATCH_MAX, sizeof *scanned);
    if (!media_is(http_header(request->http, STR("Content-Type")), STR("application/json"))) {
        reply_problem_detail(request, PROBLEM_WRONG_CONTENT_TYPE,
                             STR("Send the body as Content-Type: application/json, in UTF-8."));
        return false;
    }
    if (scanned != NULL &&
        take_scan_batch(request->http->body, batch->shape, scanned, &batch->count)) {
        batch->items = arena_array(request->arena, batch->count, sizeof *batch->items);
        for (size_t i = 0; batch->items != NULL && i < batch->count; i++) {
            batch->items[i].in = scanned[i];
        }
    } else if (!read_json(batch)) {
        return false;
    }
    if (arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
        return false;
    }
    return true;
}

static struct take_request wanted_of(const struct item *item) {
    return (struct take_request){item->in.user_id, (enum metric)item->in.metric,
                                 quantity_of(item->in.amount), item->in.id};
}

/* --- answering --- */

struct results {
    struct buf json;
    struct json_writer writer;
};

static void results_begin(struct results *results, struct api_request *request) {
    buf_init(&results->json, request->api->env, BATCH_ANSWER_MAX);
    json_writer_init(&results->writer, &results->json);
    json_open_object(&results->writer);
    json_name(&results->writer, "results");
    json_open_array(&results->writer);
}

static void add_problem(struct results *results, int problem, struct str detail) {
    struct json_writer *out = &results->writer;
    json_open_object(out);
    json_member_i64(out, "status", problem_status(problem));
    json_member_cstr(out, "code", problem_code(problem));
    json_member_str(out, "detail", detail.len > 0 ? detail : str_from_cstr(problem_text(problem)));
    json_close_object(out);
}

static void reply_results(struct results *results, struct api_request *request) {
    json_close_array(&results->writer);
    json_close_object(&results->writer);
    if (results->json.has_failed || arena_failed(request->arena)) {
        buf_finish(&results->json);
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    struct buf json CLEANUP(buf_finish) = results->json;
    reply_json(request, 200, buf_str(&json));
}

/* --- check --- */

void take_check_batch(struct api_request *request) {
    struct batch batch = {.request = request, .shape = &check_shape};
    if (!read_batch(&batch)) {
        return;
    }
    struct results results;
    results_begin(&results, request);
    for (size_t i = 0; i < batch.count; i++) {
        const struct item *item = &batch.items[i];
        struct take_request wanted = wanted_of(item);
        struct take_answer answer;
        if (item->problem.bytes != NULL) {
            add_problem(&results, PROBLEM_INVALID_FIELDS, item->problem);
            continue;
        }
        enum outcome outcome = take_check(request->api->app, &wanted, request->arena, &answer);
        if (outcome == OUTCOME_DONE) {
            take_answer_encode(&answer, &results.writer);
        } else {
            add_problem(&results, (int)outcome, STR(""));
        }
    }
    reply_results(&results, request);
}

/* --- take --- */

struct takes_in_hand {
    struct take_batch takes; /* first: `finished` hands it back */
    struct batch batch;
};

/* An item that could not be read has an outcome beforehand, so that it is left alone. */
#define LEFT_ALONE OUTCOME_COUNT

static void took(struct take_batch *takes) {
    const struct batch *batch = &((struct takes_in_hand *)takes)->batch;
    if (takes->command.outcome != OUTCOME_DONE) {
        reply_problem(batch->request, (int)takes->command.outcome);
        return;
    }
    struct results results;
    results_begin(&results, batch->request);
    for (size_t i = 0; i < takes->count; i++) {
        const struct take_command *take = &takes->takes[i];
        if (take->command.outcome == OUTCOME_DONE) {
            json_put_raw(&results.writer, take->body);
        } else if (take->command.outcome == LEFT_ALONE) {
            add_problem(&results, PROBLEM_INVALID_FIELDS, batch->items[i].problem);
        } else {
            add_problem(&results, (int)take->command.outcome, STR(""));
        }
    }
    reply_results(&results, batch->request);
}

void take_batch_post(struct api_request *request) {
    struct batch batch = {.request = request, .shape = &take_shape};
    if (!read_batch(&batch)) {
        return;
    }
    struct takes_in_hand *hand = ARENA_NEW(request->arena, struct takes_in_hand);
    struct take_command *takes = arena_array(request->arena, batch.count, sizeof *takes);
    if (hand == NULL || takes == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->batch = batch;
    hand->takes.takes = takes;
    hand->takes.count = batch.count;
    hand->takes.finished = took;
    for (size_t i = 0; i < batch.count; i++) {
        takes[i].request = wanted_of(&batch.items[i]);
        takes[i].arena = request->arena;
        takes[i].command.outcome = batch.items[i].problem.bytes == NULL ? OUTCOME_DONE : LEFT_ALONE;
    }
    take_start_batch(request->api->app, &hand->takes);
}

/* --- release --- */

struct releases_in_hand {
    struct release_batch releases; /* first: `finished` hands it back */
    struct batch batch;
};

static void gave_back(struct release_batch *releases) {
    const struct batch *batch = &((struct releases_in_hand *)releases)->batch;
    if (releases->command.outcome != OUTCOME_DONE) {
        reply_problem(batch->request, (int)releases->command.outcome);
        return;
    }
    struct results results;
    results_begin(&results, batch->request);
    for (size_t i = 0; i < releases->count; i++) {
        const struct release_command *release = &releases->releases[i];
        if (release->command.outcome == OUTCOME_DONE) {
            take_answer_encode(&release->answer, &results.writer);
        } else if (release->command.outcome == LEFT_ALONE) {
            add_problem(&results, PROBLEM_INVALID_FIELDS, batch->items[i].problem);
        } else {
            add_problem(&results, (int)release->command.outcome, STR(""));
        }
    }
    reply_results(&results, batch->request);
}

void take_release_batch(struct api_request *request) {
    struct batch batch = {.request = request, .shape = &release_shape};
    if (!read_batch(&batch)) {
        return;
    }
    struct releases_in_hand *hand = ARENA_NEW(request->arena, struct releases_in_hand);
    struct release_command *releases = arena_array(request->arena, batch.count, sizeof *releases);
    if (hand == NULL || releases == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->batch = batch;
    hand->releases.releases = releases;
    hand->releases.count = batch.count;
    hand->releases.finished = gave_back;
    for (size_t i = 0; i < batch.count; i++) {
        releases[i].request = wanted_of(&batch.items[i]);
        releases[i].id = batch.items[i].in.release_id;
        releases[i].arena = request->arena;
        releases[i].command.outcome =
            batch.items[i].problem.bytes == NULL ? OUTCOME_DONE : LEFT_ALONE;
    }
    release_start_batch(request->api->app, &hand->releases);
}
