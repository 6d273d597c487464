/* Keys, links and sessions. A secret is random, shown once, and kept as its SHA-256: it has too
 * many bits to be guessed, so no slow hash is needed. */
#include "app/access.h"

#include <string.h>

#include "app/customer.h"
#include "base/check.h"
#include "base/crypto.h"

static const struct {
    enum scope scope;
    const char *name;
} scopes[] = {
    {SCOPE_USAGE, "usage:write"}, {SCOPE_BILLING, "billing:write"},
    {SCOPE_READ, "billing:read"}, {SCOPE_CUSTOMERS, "customers:write"},
    {SCOPE_ADMIN, "admin"},       {SCOPE_TEST, "test"},
    {SCOPE_ALL, "all"},
};

const char *scope_name(enum scope scope) {
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        if (scopes[i].scope == scope) {
            return scopes[i].name;
        }
    }
    return "";
}

static unsigned scope_named(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        if (str_equal(str_from_cstr(scopes[i].name), name)) {
            return scopes[i].scope;
        }
    }
    return 0;
}

bool scopes_parse(struct str list, unsigned *ret_scopes, struct str *ret_unknown) {
    unsigned found = 0;
    struct str rest = list;
    do {
        struct str name = str_trim(str_cut(&rest, ','));
        unsigned scope = scope_named(name);
        if (scope == 0) {
            *ret_unknown = name;
            return false;
        }
        found |= scope;
    } while (rest.bytes != NULL);
    *ret_scopes = found;
    return true;
}

/* --- keys --- */

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
enum { KEY_PREFIX = 8, KEY_RANDOM = 30, KEY_SUM = 6 };
static_assert(KEY_PREFIX + KEY_RANDOM + KEY_SUM + 1 <= KEY_SIZE, "a key fits its array");

static void random_base62(struct env *env, char *ret_digits, size_t count) {
    for (size_t i = 0; i < count;) {
        uint8_t bytes[64];
        env->random(env, bytes, sizeof bytes);
        for (size_t k = 0; k < sizeof bytes && i < count; k++) {
            if (bytes[k] < 62 * 4) { /* else the first digits would be likelier */
                ret_digits[i++] = base62[bytes[k] % 62];
            }
        }
    }
}

static void key_sum(struct str body, char ret_digits[KEY_SUM]) {
    uint32_t sum = crc32_of(body);
    for (int i = KEY_SUM; i-- > 0;) {
        ret_digits[i] = base62[sum % 62];
        sum /= 62;
    }
}

void key_make(struct env *env, bool is_test, char ret_key[KEY_SIZE]) {
    memset(ret_key, 0, KEY_SIZE);
    memcpy(ret_key, is_test ? "tp_test_" : "tp_live_", KEY_PREFIX);
    random_base62(env, ret_key + KEY_PREFIX, KEY_RANDOM);
    key_sum(str_of(ret_key, KEY_PREFIX + KEY_RANDOM), ret_key + KEY_PREFIX + KEY_RANDOM);
    check(key_is_well_formed(str_from_cstr(ret_key)));
}

bool key_is_well_formed(struct str key) {
    if (key.len != KEY_PREFIX + KEY_RANDOM + KEY_SUM ||
        (!str_starts_with(key, STR("tp_live_")) && !str_starts_with(key, STR("tp_test_"))) ||
        !str_only(str_skip(key, KEY_PREFIX), base62)) {
        return false;
    }
    char sum[KEY_SUM];
    key_sum(str_first(key, KEY_PREFIX + KEY_RANDOM), sum);
    return str_equal(str_of(sum, KEY_SUM), str_skip(key, KEY_PREFIX + KEY_RANDOM));
}

/* SHA-256 of a secret, in hexadecimal, as it is kept. */
static struct str hash_of(struct cx *cx, struct str secret) {
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    sha256(secret, hash);
    str_hex(hash, sizeof hash, hex);
    return arena_str(cx->arena, str_of(hex, sizeof hex));
}

static struct err run_key_create(struct command *command, struct tx *tx) {
    struct key_create *create = (struct key_create *)command;
    struct str key = str_from_cstr(create->key);
    struct str names = STR("");
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        if (scopes[i].scope != SCOPE_ALL && (create->scopes & scopes[i].scope) != 0) {
            names = arena_printf(tx->cx->arena, STR_FMT "%s%s", STR_ARG(names),
                                 names.len > 0 ? "," : "", scopes[i].name);
        }
    }
    create->id = id_new(tx->cx, "apik");
    struct key_row row = {
        .key_hash = hash_of(tx->cx, key),
        .id = create->id,
        .name = create->name,
        .prefix = str_first(key, KEY_PREFIX),
        .last4 = str_skip(key, key.len - 4),
        .scopes = names,
        .created_at = cx_now_ms(tx->cx),
        .expires_at = ROW_NONE,
        .revoked_at = ROW_NONE,
    };
    command->outcome = OUTCOME_CREATED;
    return key_insert(tx, &row);
}

void key_create(struct app *app, struct key_create *create) {
    check(create->scopes != 0);
    key_make(app->env, app->is_test, create->key);
    create->command.run = run_key_create;
    create->command.after = NULL;
    command_submit(app, &create->command);
}

static struct err run_key_revoke(struct command *command, struct tx *tx) {
    const struct key_revoke *revoke = (struct key_revoke *)command;
    struct key_row row;
    bool is_known = false;
    TRY(key_by_id(tx, revoke->id, &row, &is_known));
    if (!is_known) {
        command->outcome = OUTCOME_KEY_NOT_FOUND;
        return OK;
    }
    return key_revoke_at(tx, revoke->id, cx_now_ms(tx->cx));
}

static void done_key_revoke(struct command *command) {
    struct key_revoke *revoke = (struct key_revoke *)command;
    key_cache_clear(&command->app->keys);
    revoke->finished(revoke);
}

void key_revoke(struct app *app, struct key_revoke *revoke) {
    revoke->command.run = run_key_revoke;
    revoke->command.after = NULL;
    revoke->command.done = done_key_revoke;
    command_submit(app, &revoke->command);
}

unsigned key_scopes_lately(const struct app *app, struct key_marks marks) {
    return key_cache_find(&app->keys, app->env, marks);
}

struct err key_scopes(struct app *app, struct tx *tx, struct str key, unsigned *ret_scopes,
                      struct key_marks *ret_marks) {
    *ret_marks = key_cache_marks(&app->keys, key);
    *ret_scopes = key_scopes_lately(app, *ret_marks);
    if (*ret_scopes != 0 || !key_is_well_formed(key)) {
        return OK;
    }
    struct key_row row;
    bool is_known = false;
    TRY(key_get(tx, hash_of(tx->cx, key), &row, &is_known));
    bool is_valid = is_known && row.revoked_at == ROW_NONE &&
                    (row.expires_at == ROW_NONE || app_now(app).ms < row.expires_at);
    if (!is_valid) {
        return OK;
    }
    struct str unknown;
    if (!scopes_parse(row.scopes, ret_scopes, &unknown)) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "a key holds the unknown scope \"" STR_FMT "\"",
                       STR_ARG(unknown));
    }
    key_cache_keep(&app->keys, app->env, key, *ret_scopes,
                   row.expires_at == ROW_NONE ? INT64_MAX : row.expires_at);
    return OK;
}

/* --- links and sessions --- */

static void token_make(struct env *env, char ret_token[TOKEN_SIZE]) {
    uint8_t bytes[(TOKEN_SIZE - 1) / 2];
    env->random(env, bytes, sizeof bytes);
    str_hex(bytes, sizeof bytes, ret_token);
    ret_token[TOKEN_SIZE - 1] = '\0';
}

static struct err run_link_create(struct command *command, struct tx *tx) {
    struct link_create *create = (struct link_create *)command;
    bool is_known = false;
    struct customer_row customer;
    TRY(customer_read(tx, create->user_id, &customer, &is_known));
    if (!is_known) {
        command->outcome = OUTCOME_CUSTOMER_NOT_FOUND;
        return OK;
    }
    int64_t now = cx_now_ms(tx->cx);
    TRY(session_prune(tx, now));
    struct sign_in_link_row row = {
        .token_hash = hash_of(tx->cx, str_from_cstr(create->token)),
        .user_id = create->user_id,
        .return_path = create->return_path,
        .expires_at = now + LINK_MINUTES * 60 * 1000,
        .used_at = ROW_NONE,
    };
    create->expires_at = (struct instant){row.expires_at};
    command->outcome = OUTCOME_CREATED;
    return sign_in_link_insert(tx, &row);
}

void link_create(struct app *app, struct link_create *create) {
    token_make(app->env, create->token);
    create->command.run = run_link_create;
    create->command.after = NULL;
    command_submit(app, &create->command);
}

static struct err run_session_begin(struct command *command, struct tx *tx) {
    struct session_begin *begin = (struct session_begin *)command;
    int64_t now = cx_now_ms(tx->cx);
    struct str hash = hash_of(tx->cx, begin->link_token);
    struct sign_in_link_row link;
    bool is_known = false;
    TRY(sign_in_link_get(tx, hash, &link, &is_known));
    if (!is_known || link.used_at != ROW_NONE || now >= link.expires_at ||
        link.return_path.len >= sizeof begin->return_path) {
        command->outcome = OUTCOME_LINK_INVALID;
        return OK;
    }
    TRY(sign_in_link_use(tx, hash, now));
    struct session_row row = {
        .token_hash = hash_of(tx->cx, str_from_cstr(begin->token)),
        .user_id = link.user_id,
        .created_at = now,
        .expires_at = now + (int64_t)SESSION_HOURS * 60 * 60 * 1000,
    };
    memcpy(begin->return_path, link.return_path.bytes, link.return_path.len);
    begin->return_path[link.return_path.len] = '\0';
    return session_insert(tx, &row);
}

void session_begin(struct app *app, struct session_begin *begin) {
    token_make(app->env, begin->token);
    begin->command.run = run_session_begin;
    begin->command.after = NULL;
    command_submit(app, &begin->command);
}

static struct err run_session_end(struct command *command, struct tx *tx) {
    struct session_end *end = (struct session_end *)command;
    return session_delete(tx, hash_of(tx->cx, end->token));
}

void session_end(struct app *app, struct session_end *end) {
    end->command.run = run_session_end;
    end->command.after = NULL;
    command_submit(app, &end->command);
}

struct err session_user(const struct app *app, struct tx *tx, struct str token,
                        struct str *ret_user_id) {
    *ret_user_id = STR("");
    struct session_row row;
    bool is_known = false;
    TRY(session_get(tx, hash_of(tx->cx, token), &row, &is_known));
    if (is_known && app_now(app).ms < row.expires_at) {
        *ret_user_id = row.user_id;
    }
    return OK;
}
