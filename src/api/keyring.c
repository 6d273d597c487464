/* /api/admin/keyring: under which keys the data lie, and newer ones. */
#include "api/admin_resources.h"

#include "app/keyring.h"

struct key_walk_out {
    struct str id, kind, status;
    int64_t customers, written, started_at, finished_at;
    bool has_finished;
};
#define AT(member) offsetof(struct key_walk_out, member)
static const struct shape_field walk_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"kind",
     "seal: rows are sealed under the newest data keys; rewrap: data keys are wrapped under the "
     "newest key from outside; scrub: the pages in which destroyed keys lay are written anew",
     SHAPE_STR, .offset = AT(kind), .max = 16},
    {"status", "running or done", SHAPE_STR, .offset = AT(status), .max = 16},
    {"customers", "Whose rows are done, of a seal", SHAPE_I64, .offset = AT(customers)},
    {"written", "Rows, or keys, that were written anew", SHAPE_I64, .offset = AT(written)},
    {"startedAt", "When", SHAPE_INSTANT, .offset = AT(started_at)},
    {"finishedAt", "When; null while it runs", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_finished)},
};
#undef AT
static const struct shape walk_shape =
    SHAPE("KeyWalk", "A walk that brings all under newer keys", struct key_walk_out, walk_fields);

struct keyring_out {
    struct str source;
    struct shape_list keys; /* struct str */
    int64_t generation, customers;
    bool has_walk;
    struct key_walk_out walk;
};
static const struct shape_field key_item = {.kind = SHAPE_STR, .max = KEK_ID};
#define AT(member) offsetof(struct keyring_out, member)
static const struct shape_field keyring_fields[] = {
    {"source", "Where the keys come from: file, credential, command or data_folder", SHAPE_STR,
     .offset = AT(source), .max = 16},
    {"keys", "Names of the keys from outside, which tell nothing of them; the first wraps",
     SHAPE_LIST, .offset = AT(keys), .max = KEK_MAX, .item = &key_item,
     .item_size = sizeof(struct str)},
    {"generation", "Of the data keys that are written with, from 1", SHAPE_I64,
     .offset = AT(generation)},
    {"customers", "How many there are", SHAPE_I64, .offset = AT(customers)},
    {"walk", "The newest walk; null when there was none", SHAPE_OBJECT, .offset = AT(walk),
     .of = &walk_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_walk)},
};
#undef AT
const struct shape keyring_shape =
    SHAPE("Keyring", "Under which keys the data lie", struct keyring_out, keyring_fields);

static struct key_walk_out walk_out_of(const struct key_walk_row *row) {
    return (struct key_walk_out){
        .id = id_str(&row->id),
        .kind = str_from_cstr(key_walk_kind_name((enum key_walk_kind)row->kind)),
        .status = row->status,
        .customers = row->customers,
        .written = row->written,
        .started_at = row->started_at,
        .finished_at = row->finished_at,
        .has_finished = row->finished_at != ROW_NONE,
    };
}

static void reply_keyring(struct api_request *request, int status) {
    struct app *app = request->api->app;
    struct tx tx = request_read(request);
    struct keyring_status now;
    struct str names[KEK_MAX];
    if (reply_if_failed(request, keyring_status(app, &tx, &now))) {
        return;
    }
    for (size_t i = 0; i < now.key_count; i++) {
        names[i] = str_from_cstr(now.keys[i].text);
    }
    struct keyring_out out = {
        .source = str_from_cstr(now.source),
        .keys = {names, now.key_count},
        .generation = now.generation,
        .customers = now.customers,
        .has_walk = now.has_walk,
    };
    if (now.has_walk) {
        out.walk = walk_out_of(&now.walk);
    }
    reply_value(request, status, &keyring_shape, &out);
}

void keyring_get(struct api_request *request) {
    reply_keyring(request, 200);
}

/* --- rotation --- */

static const char *const what[] = {"key", "data", NULL};
static const enum key_walk_kind walk_of[] = {KEY_WALK_REWRAP, KEY_WALK_SEAL};

struct rotate_in {
    int what; /* of the names above */
};
static const struct shape_field rotate_fields[] = {
    {"what",
     "key: the key from outside is read again, and all data keys are wrapped under it; data: new "
     "data keys, under which all rows are sealed",
     SHAPE_ENUM, .offset = offsetof(struct rotate_in, what), .names = what},
};
const struct shape keyring_rotate_shape =
    SHAPE("KeyringRotate", "What shall be new", struct rotate_in, rotate_fields);

struct rotate_in_hand {
    struct keyring_rotate rotate; /* first: `done` hands it back */
    struct api_request *request;
};

static void rotated(struct command *command) {
    struct api_request *request = ((struct rotate_in_hand *)command)->request;
    if (command->outcome == OUTCOME_CREATED) {
        reply_keyring(request, 201);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void keyring_rotate_post(struct api_request *request) {
    const struct rotate_in *in = request->body;
    struct rotate_in_hand *hand = ARENA_NEW(request->arena, struct rotate_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->rotate.kind = walk_of[in->what];
    hand->rotate.command.done = rotated;
    keyring_rotate(request->api->app, &hand->rotate);
}
