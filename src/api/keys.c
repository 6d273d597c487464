/* POST /api/keys: a new API key, shown this once; DELETE /api/keys/:id: it is revoked. */
#include "api/resources.h"

#include "app/access.h"

struct create_in {
    struct str name;
    struct shape_list scopes; /* struct str */
};

struct key_out {
    struct str id, name, key;
    struct shape_list scopes; /* struct str */
};

enum { SCOPES_MAX = 16, SCOPE_NAME_MAX = 32 };
static const struct shape_field scope_item = {
    .kind = SHAPE_STR, .min = 1, .max = SCOPE_NAME_MAX, .allowed = "abcdefghijklmnopqrstuvwxyz:_-"};

static const struct shape_field create_fields[] = {
    {"name", "What the key is for", SHAPE_STR, .offset = offsetof(struct create_in, name),
     .max = LIMIT_NAME, .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
    {"scopes",
     "What it may do: usage:write, billing:write, billing:read, customers:write, admin, "
     "test, all",
     SHAPE_LIST, .offset = offsetof(struct create_in, scopes), .min = 1, .max = SCOPES_MAX,
     .item = &scope_item, .item_size = sizeof(struct str)},
};
const struct shape key_create_shape =
    SHAPE("KeyCreate", "A key to make", struct create_in, create_fields);

#define AT(member) offsetof(struct key_out, member)
static const struct shape_field key_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"name", "What the key is for", SHAPE_STR, .offset = AT(name), .max = LIMIT_NAME},
    {"key", "Keep it: it is not shown again", SHAPE_STR, .offset = AT(key), .max = KEY_SIZE},
    {"scopes", "What it may do", SHAPE_LIST, .offset = AT(scopes), .max = SCOPES_MAX,
     .item = &scope_item, .item_size = sizeof(struct str)},
};
#undef AT
const struct shape key_shape = SHAPE("Key", "A key, shown once", struct key_out, key_fields);

struct create_in_hand {
    struct key_create create; /* first: `done` hands it back */
    struct api_request *request;
    struct shape_list scopes;
};

static void created(struct command *command) {
    struct create_in_hand *hand = (struct create_in_hand *)command;
    if (command->outcome != OUTCOME_DONE && command->outcome != OUTCOME_CREATED) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    struct key_out out = {id_str(&hand->create.id), hand->create.name,
                          str_from_cstr(hand->create.key), hand->scopes};
    reply_value(hand->request, 201, &key_shape, &out);
}

/* False, with a reply that names each, when a scope is none. */
static bool read_scopes(struct api_request *request, const struct create_in *in,
                        unsigned *ret_scopes) {
    const struct str *names = in->scopes.items;
    struct shape_errors errors = {.count = 0};
    unsigned all = 0;
    for (size_t i = 0; i < in->scopes.count; i++) {
        unsigned scopes = 0;
        struct str unknown;
        if (!scopes_parse(names[i], &scopes, &unknown)) {
            shape_error_add(&errors, request->arena,
                            arena_printf(request->arena, "/scopes/%zu", i).bytes,
                            "one of usage:write, billing:write, billing:read, customers:write, "
                            "admin, test, all");
        }
        all |= scopes;
    }
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    }
    *ret_scopes = all;
    return errors.count == 0;
}

void keys_create(struct api_request *request) {
    const struct create_in *in = request->body;
    unsigned scopes = 0;
    struct create_in_hand *hand = ARENA_NEW(request->arena, struct create_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!read_scopes(request, in, &scopes)) {
        return;
    }
    hand->request = request;
    hand->scopes = in->scopes;
    hand->create.name = in->name;
    hand->create.scopes = scopes;
    hand->create.command.done = created;
    key_create(request->api->app, &hand->create);
}

/* --- revoking --- */

struct revoke_in_hand {
    struct key_revoke revoke; /* first: `finished` hands it back */
    struct api_request *request;
};

static void revoked(struct key_revoke *revoke) {
    struct api_request *request = ((struct revoke_in_hand *)revoke)->request;
    if (revoke->command.outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)revoke->command.outcome);
    }
}

void keys_revoke(struct api_request *request) {
    struct revoke_in_hand *hand = ARENA_NEW(request->arena, struct revoke_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->revoke.id = request->values[0];
    hand->revoke.finished = revoked;
    key_revoke(request->api->app, &hand->revoke);
}
