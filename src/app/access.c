/* API keys. A secret is random, shown once, and kept as its SHA-256: it has too many bits to be
 * guessed, so no slow hash is needed. */
#include "app/access.h"

#include <string.h>

#include "app/audit.h"
#include "app/secret.h"
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
        .key_hash = secret_hash(tx->cx, key),
        .id = create->id,
        .name = create->name,
        .prefix = str_first(key, KEY_PREFIX),
        .last4 = str_skip(key, key.len - 4),
        .scopes = names,
        .created_at = cx_now_ms(tx->cx),
        .expires_at = ROW_NONE,
        .revoked_at = ROW_NONE,
    };
    audit_say(tx, &(struct audit_said){
                      .object = id_str(&create->id),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("scopes", names)),
                  });
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
    audit_say(tx, &(struct audit_said){
                      .before = AUDIT_FACTS(tx->cx, AUDIT_TEXT("scopes", row.scopes)),
                  });
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

struct str key_id_lately(const struct app *app, struct arena *arena, struct str key) {
    return arena_str(arena, key_cache_id(&app->keys, key_cache_marks(&app->keys, key)));
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
    TRY(key_get(tx, secret_hash(tx->cx, key), &row, &is_known));
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
    const struct key_known known = {
        .scopes = *ret_scopes,
        .expires_at = row.expires_at == ROW_NONE ? INT64_MAX : row.expires_at,
        .id = row.id,
    };
    key_cache_keep(&app->keys, app->env, key, &known);
    return OK;
}
