/* /api/keys: API keys, which are shown once; who has them, until when, from where, and when they
 * were used. */
#include "api/resources.h"

#include "app/access.h"
#include "base/network.h"

enum { SCOPES_MAX = 16, SCOPE_NAME_MAX = 32 };
static const struct shape_field scope_item = {
    .kind = SHAPE_STR, .min = 1, .max = SCOPE_NAME_MAX, .allowed = "abcdefghijklmnopqrstuvwxyz:_-"};
static const struct shape_field network_item = {
    .kind = SHAPE_STR, .min = 1, .max = NETWORK_TEXT_MAX, .flags = SHAPE_PERSONAL};

/* --- as asked for --- */

struct create_in {
    struct str name;
    struct shape_list scopes, networks; /* struct str */
    int64_t expires_at;
    bool expires;
};

#define AT(member) offsetof(struct create_in, member)
static const struct shape_field create_fields[] = {
    {"name", "What the key is for", SHAPE_STR, .offset = AT(name), .max = LIMIT_NAME,
     .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
    {"scopes",
     "What it may do: usage:write, billing:write, billing:read, customers:write, admin, "
     "test, all",
     SHAPE_LIST, .offset = AT(scopes), .min = 1, .max = SCOPES_MAX, .item = &scope_item,
     .item_size = sizeof(struct str)},
    {"ipAllowlist", "From where alone it opens anything: networks (192.0.2.0/24) or addresses",
     SHAPE_LIST, .offset = AT(networks), .max = NETWORKS_MAX, .item = &network_item,
     .item_size = sizeof(struct str), .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
    {"expiresAt", "When it ends by itself; without, never", SHAPE_INSTANT, .offset = AT(expires_at),
     .flags = SHAPE_OPTIONAL | SHAPE_NULLABLE, .is_set = AT(expires)},
};
#undef AT
const struct shape key_create_shape =
    SHAPE("KeyCreate", "A key to make", struct create_in, create_fields);

struct rotate_in {
    int64_t overlap_hours;
    bool has_overlap;
};
static const struct shape_field rotate_fields[] = {
    {"overlapHours", "How long the old key goes on; 24 when not given", SHAPE_I64,
     .offset = offsetof(struct rotate_in, overlap_hours), .min = 0, .max = KEY_OVERLAP_HOURS_MAX,
     .flags = SHAPE_OPTIONAL, .is_set = offsetof(struct rotate_in, has_overlap)},
};
const struct shape key_rotate_shape =
    SHAPE("KeyRotate", "A key to replace", struct rotate_in, rotate_fields);

/* --- as shown --- */

struct key_out {
    struct str id, name, key, prefix, last4, created_by;
    struct shape_list scopes, networks; /* struct str */
    int status;
    int64_t created_at, expires_at, revoked_at, used_at;
    bool expires, is_revoked, was_used;
};

static const char *const statuses[] = {
    [KEY_ACTIVE] = "active", [KEY_EXPIRED] = "expired", [KEY_REVOKED] = "revoked", NULL};

#define AT(member) offsetof(struct key_out, member)
#define COMMON_FIELDS                                                                              \
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},                           \
        {"name", "What the key is for", SHAPE_STR, .offset = AT(name), .max = LIMIT_NAME},         \
        {"scopes",                                                                                 \
         "What it may do",                                                                         \
         SHAPE_LIST,                                                                               \
         .offset = AT(scopes),                                                                     \
         .max = SCOPES_MAX,                                                                        \
         .item = &scope_item,                                                                      \
         .item_size = sizeof(struct str)},                                                         \
        {"ipAllowlist",                                                                            \
         "From where alone it opens anything; empty: from anywhere",                               \
         SHAPE_LIST,                                                                               \
         .offset = AT(networks),                                                                   \
         .max = NETWORKS_MAX,                                                                      \
         .item = &network_item,                                                                    \
         .item_size = sizeof(struct str)},                                                         \
        {"createdAt", "When it was made", SHAPE_INSTANT, .offset = AT(created_at)},                \
        {"createdBy",                                                                              \
         "Who made it: a person, or the key that asked for it; null: the command line",            \
         SHAPE_STR,                                                                                \
         .offset = AT(created_by),                                                                 \
         .max = LIMIT_RECORD_ID,                                                                   \
         .flags = SHAPE_NULLABLE},                                                                 \
    {                                                                                              \
        "expiresAt", "When it ends by itself", SHAPE_INSTANT,                                      \
            .offset = AT(expires_at), .flags = SHAPE_NULLABLE, .is_set = AT(expires)               \
    }

static const struct shape_field made_fields[] = {
    COMMON_FIELDS,
    {"key", "Keep it: it is not shown again", SHAPE_STR, .offset = AT(key), .max = KEY_SIZE},
};
static const struct shape_field listed_fields[] = {
    COMMON_FIELDS,
    {"prefix", "How it begins", SHAPE_STR, .offset = AT(prefix), .max = 16},
    {"last4", "How it ends", SHAPE_STR, .offset = AT(last4), .max = 4},
    {"status", "Whether it opens anything", SHAPE_ENUM, .offset = AT(status), .names = statuses},
    {"revokedAt", "When it was revoked", SHAPE_INSTANT, .offset = AT(revoked_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_revoked)},
    {"lastUsedAt", "When it was used last, to the minute", SHAPE_INSTANT, .offset = AT(used_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(was_used)},
};
#undef AT
const struct shape key_shape = SHAPE("Key", "A key, shown once", struct key_out, made_fields);
static const struct shape listed_shape =
    SHAPE("KeyListed", "A key that somebody has", struct key_out, listed_fields);
static const struct shape_field listed_item = {.kind = SHAPE_OBJECT, .of = &listed_shape};

struct keys_out {
    struct shape_list data;
};
static const struct shape_field keys_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct keys_out, data),
     .max = KEYS_LISTED_MAX, .item = &listed_item, .item_size = sizeof(struct key_out)},
};
const struct shape keys_shape = SHAPE("Keys", "API keys", struct keys_out, keys_fields);

/* The parts of a text between marks. */
static struct shape_list parts_of(struct arena *arena, struct str text, char mark, size_t max) {
    struct str *parts = arena_array(arena, max, sizeof *parts);
    size_t count = 0;
    struct str rest = text;
    while (parts != NULL && rest.len > 0 && count < max) {
        parts[count++] = str_cut(&rest, mark);
    }
    return (struct shape_list){parts, count};
}

static struct key_out out_of(const struct api_request *request, const struct key_row *row) {
    return (struct key_out){
        .id = id_str(&row->id),
        .name = row->name,
        .prefix = row->prefix,
        .last4 = row->last4,
        .created_by = text_or_null(row->created_by),
        .scopes = parts_of(request->arena, row->scopes, ',', SCOPES_MAX),
        .networks = parts_of(request->arena, row->ip_allowlist, ' ', NETWORKS_MAX),
        .status = (int)key_status(row, request_now(request)),
        .created_at = row->created_at,
        .expires_at = row->expires_at,
        .revoked_at = row->revoked_at,
        .used_at = row->last_used_at,
        .expires = row->expires_at != ROW_NONE,
        .is_revoked = row->revoked_at != ROW_NONE,
        .was_used = row->last_used_at != ROW_NONE,
    };
}

void keys_list(struct api_request *request) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, keys_read(&tx, &list))) {
        return;
    }
    const struct key_row *rows = list.items;
    struct key_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = out_of(request, &rows[i]);
    }
    struct keys_out all = {{out, out == NULL ? 0 : list.count}};
    reply_value(request, 200, &keys_shape, &all);
}

/* --- making --- */

struct create_in_hand {
    struct key_create create; /* first: `done` hands it back */
    struct api_request *request;
};

/* As it is kept by now, and the secret beside it. */
static void reply_made(struct api_request *request, const struct record_id *id, const char *key) {
    struct tx tx = request_read(request);
    struct key_row row;
    bool is_there = false;
    if (reply_if_failed(request, key_read(&tx, id_str(id), &row, &is_there))) {
        return;
    }
    struct key_out out = out_of(request, &row);
    out.key = str_from_cstr(key);
    reply_value(request, 201, &key_shape, &out);
}

static void created(struct command *command) {
    struct create_in_hand *hand = (struct create_in_hand *)command;
    if (command->outcome != OUTCOME_CREATED) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    reply_made(hand->request, &hand->create.id, hand->create.key);
}

static void add_error(struct api_request *request, struct shape_errors *errors, const char *path,
                      const char *expected) {
    shape_error_add(errors, request->arena, path, expected);
}

/* The names' bits; what is wrong with them is added. */
static unsigned read_scopes(struct api_request *request, const struct create_in *in,
                            struct shape_errors *errors) {
    const struct str *names = in->scopes.items;
    unsigned all = 0;
    for (size_t i = 0; i < in->scopes.count; i++) {
        unsigned scopes = 0;
        struct str unknown;
        if (!scopes_parse(names[i], &scopes, &unknown)) {
            add_error(request, errors, arena_printf(request->arena, "/scopes/%zu", i).bytes,
                      "one of usage:write, billing:write, billing:read, customers:write, "
                      "admin, test, all");
        }
        all |= scopes;
    }
    return all;
}

/* As they are kept, with blanks between; what is wrong with them is added. */
static struct str read_networks(struct api_request *request, const struct create_in *in,
                                struct shape_errors *errors) {
    const struct str *texts = in->networks.items;
    struct str all = STR("");
    for (size_t i = 0; i < in->networks.count; i++) {
        struct network network;
        if (!network_parse(texts[i], &network)) {
            add_error(request, errors, arena_printf(request->arena, "/ipAllowlist/%zu", i).bytes,
                      "an address, or a network with no bits behind its prefix: 192.0.2.0/24");
        }
        all = arena_printf(request->arena, STR_FMT "%s" STR_FMT, STR_ARG(all), i > 0 ? " " : "",
                           STR_ARG(texts[i]));
    }
    return all;
}

void keys_create(struct api_request *request) {
    const struct create_in *in = request->body;
    struct shape_errors errors = {.count = 0};
    struct create_in_hand *hand = ARENA_NEW(request->arena, struct create_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->create.name = in->name;
    hand->create.scopes = read_scopes(request, in, &errors);
    hand->create.ip_allowlist = read_networks(request, in, &errors);
    hand->create.expires_at = in->expires ? in->expires_at : ROW_NONE;
    hand->create.command.done = created;
    if (in->expires && in->expires_at <= request_now(request).ms) {
        add_error(request, &errors, "/expiresAt", "an instant that is still to come");
    }
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    key_create(request->api->app, &hand->create);
}

/* --- replacing --- */

struct rotate_in_hand {
    struct key_rotate rotate; /* first: `finished` hands it back */
    struct api_request *request;
};

static void rotated(struct key_rotate *rotate) {
    struct api_request *request = ((struct rotate_in_hand *)rotate)->request;
    if (rotate->command.outcome != OUTCOME_CREATED) {
        reply_problem(request, (int)rotate->command.outcome);
        return;
    }
    reply_made(request, &rotate->made, rotate->key);
}

void keys_rotate(struct api_request *request) {
    const struct rotate_in *in = request->body;
    struct rotate_in_hand *hand = ARENA_NEW(request->arena, struct rotate_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->rotate.id = request->values[0];
    hand->rotate.overlap_hours = in->has_overlap ? (int)in->overlap_hours : KEY_OVERLAP_HOURS;
    hand->rotate.finished = rotated;
    key_rotate(request->api->app, &hand->rotate);
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
