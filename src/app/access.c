/* API keys. A secret is random, shown once, and kept as its SHA-256: it has too many bits to be
 * guessed, so no slow hash is needed. */
#include "app/access.h"

#include <string.h>

#include "app/audit.h"
#include "app/secret.h"
#include "base/check.h"
#include "base/crypto.h"
#include "base/rfc3339.h"

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

static struct str scope_names(struct cx *cx, unsigned mask) {
    struct str names = STR("");
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        if (scopes[i].scope != SCOPE_ALL && (mask & scopes[i].scope) != 0) {
            names = arena_printf(cx->arena, STR_FMT "%s%s", STR_ARG(names),
                                 names.len > 0 ? "," : "", scopes[i].name);
        }
    }
    return names;
}

static struct str instant_text(struct cx *cx, int64_t ms) {
    char text[RFC3339_SIZE];
    if (ms == ROW_NONE) {
        return STR("");
    }
    rfc3339_format(ms, text);
    return arena_str(cx->arena, str_from_cstr(text));
}

/* What the audit log says of it; from where it opens is veiled, as addresses are. */
static struct str key_facts(struct tx *tx, const struct key_row *row) {
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("scopes", row->scopes),
                       AUDIT_TEXT("expiresAt", instant_text(tx->cx, row->expires_at)),
                       AUDIT_TEXT("ipAllowlist", audit_veiled(tx, row->ip_allowlist)));
}

/* Puts what identifies the key, which is new, into the row. */
static struct key_row row_of_new(struct tx *tx, struct str key, struct key_row row) {
    row.key_hash = secret_hash(tx->cx, key);
    row.id = id_new(tx->cx, "apik");
    row.prefix = str_first(key, KEY_PREFIX);
    row.last4 = str_skip(key, key.len - 4);
    row.created_at = cx_now_ms(tx->cx);
    row.revoked_at = ROW_NONE;
    row.last_used_at = ROW_NONE;
    row.created_by = audit_actor_id(tx);
    return row;
}

static struct err run_key_create(struct command *command, struct tx *tx) {
    struct key_create *create = (struct key_create *)command;
    struct key_row row = row_of_new(tx, str_from_cstr(create->key),
                                    (struct key_row){.name = create->name,
                                                     .scopes = scope_names(tx->cx, create->scopes),
                                                     .ip_allowlist = create->ip_allowlist,
                                                     .expires_at = create->expires_at});
    create->id = row.id;
    audit_say(tx,
              &(struct audit_said){.object = id_str(&create->id), .after = key_facts(tx, &row)});
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
    audit_say(tx, &(struct audit_said){.before = key_facts(tx, &row)});
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

/* --- rotation --- */

static struct err run_key_rotate(struct command *command, struct tx *tx) {
    struct key_rotate *rotate = (struct key_rotate *)command;
    struct instant now = {cx_now_ms(tx->cx)};
    struct key_row row;
    bool is_known = false;
    TRY(key_by_id(tx, rotate->id, &row, &is_known));
    if (!is_known || key_status(&row, now) != KEY_ACTIVE) {
        command->outcome = is_known ? OUTCOME_KEY_NOT_ACTIVE : OUTCOME_KEY_NOT_FOUND;
        return OK;
    }
    struct instant end = instant_add(now, duration_hours(rotate->overlap_hours));
    struct key_row made = row_of_new(tx, str_from_cstr(rotate->key), row);
    if (row.expires_at != ROW_NONE) {
        struct duration lifetime = {row.expires_at - row.created_at};
        made.expires_at = instant_add(now, lifetime).ms;
    }
    audit_say(tx, &(struct audit_said){
                      .before = key_facts(tx, &row),
                      .after = AUDIT_FACTS(
                          tx->cx, AUDIT_TEXT("newKey", id_str(&made.id)),
                          AUDIT_TEXT("overlapUntil", instant_text(tx->cx, end.ms)),
                          AUDIT_TEXT("expiresAt", instant_text(tx->cx, made.expires_at)))});
    command->outcome = OUTCOME_CREATED;
    TRY(key_end_at(tx, rotate->id, end.ms));
    rotate->made = made.id;
    return key_insert(tx, &made);
}

static void done_key_rotate(struct command *command) {
    struct key_rotate *rotate = (struct key_rotate *)command;
    key_cache_clear(&command->app->keys);
    rotate->finished(rotate);
}

void key_rotate(struct app *app, struct key_rotate *rotate) {
    check(rotate->overlap_hours >= 0 && rotate->overlap_hours <= KEY_OVERLAP_HOURS_MAX);
    key_make(app->env, app->is_test, rotate->key);
    rotate->command.run = run_key_rotate;
    rotate->command.after = NULL;
    rotate->command.done = done_key_rotate;
    command_submit(app, &rotate->command);
}

/* --- reading --- */

struct err keys_read(struct tx *tx, struct row_list *ret_list) {
    return key_list(tx, KEYS_LISTED_MAX, ret_list);
}

struct err key_read(struct tx *tx, struct str id, struct key_row *ret_row, bool *ret_found) {
    return key_by_id(tx, id, ret_row, ret_found);
}

struct err key_maker(struct tx *tx, struct str id, struct str *ret_person_id) {
    enum { KEYS_BETWEEN_MAX = 16 };
    struct str maker = id;
    *ret_person_id = STR("");
    for (size_t i = 0; id_is(maker, "apik") && i < KEYS_BETWEEN_MAX; i++) {
        struct key_row row;
        bool is_known = false;
        TRY(key_by_id(tx, maker, &row, &is_known));
        maker = is_known ? row.created_by : STR("");
    }
    *ret_person_id = id_is(maker, "pers") ? maker : STR("");
    return OK;
}

enum key_status key_status(const struct key_row *row, struct instant now) {
    if (row->revoked_at != ROW_NONE) {
        return KEY_REVOKED;
    }
    return row->expires_at != ROW_NONE && now.ms >= row->expires_at ? KEY_EXPIRED : KEY_ACTIVE;
}

unsigned key_scopes_lately(struct app *app, struct key_marks marks) {
    return key_cache_find(&app->keys, app->env, marks);
}

struct str key_id_lately(const struct app *app, struct arena *arena, struct str key) {
    return arena_str(arena, key_cache_id(&app->keys, key_cache_marks(&app->keys, key)));
}

/* Remembers the key if the store knows it as valid. */
static struct err look_up(struct app *app, struct tx *tx, struct str key) {
    struct key_row row;
    bool is_known = false;
    struct key_known known = {.scopes = 0};
    struct str unknown;
    TRY(key_get(tx, secret_hash(tx->cx, key), &row, &is_known));
    if (!is_known || key_status(&row, app_now(app)) != KEY_ACTIVE) {
        return OK;
    }
    if (!scopes_parse(row.scopes, &known.scopes, &unknown)) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "a key holds the unknown scope \"" STR_FMT "\"",
                       STR_ARG(unknown));
    }
    if (!networks_parse(row.ip_allowlist, &known.from)) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "a key holds an unknown network");
    }
    known.expires_at = row.expires_at == ROW_NONE ? INT64_MAX : row.expires_at;
    known.used_at = row.last_used_at == ROW_NONE ? 0 : row.last_used_at;
    known.id = row.id;
    key_cache_keep(&app->keys, app->env, key, &known);
    return OK;
}

struct err key_scopes(struct app *app, struct tx *tx, struct str key, struct str from,
                      struct key_found *ret_found) {
    struct key_marks marks = key_cache_marks(&app->keys, key);
    const struct key_known *known = key_cache_known(&app->keys, app->env, marks);
    *ret_found = (struct key_found){.marks = marks};
    if (!key_is_well_formed(key)) {
        return OK;
    }
    if (known == NULL) {
        TRY(look_up(app, tx, key));
        marks = key_cache_marks(&app->keys, key); /* the first that is kept makes the secret */
        known = key_cache_known(&app->keys, app->env, marks);
    }
    if (known == NULL) {
        return OK;
    }
    ret_found->marks = marks;
    ret_found->is_elsewhere = from.len > 0 && !networks_have(&known->from, from);
    if (!ret_found->is_elsewhere) {
        ret_found->scopes = known->scopes;
        key_cache_use(&app->keys, marks);
    }
    return OK;
}

/* --- when it was used --- */

static struct err run_key_use(struct command *command, struct tx *tx) {
    const struct key_use *use = (const struct key_use *)command;
    for (size_t i = 0; i < use->count; i++) {
        TRY(key_used_at(tx, id_str(&use->ids[i]), use->at));
    }
    command->outcome = OUTCOME_DONE;
    return OK;
}

bool key_use_gather(struct app *app, struct key_use *use) {
    use->at = app_now(app).ms;
    use->count = key_cache_take_used(&app->keys, use->at, use->ids, KEY_USES_MAX);
    return use->count > 0;
}

void key_use_write(struct app *app, struct key_use *use) {
    check(use->count > 0);
    use->command.run = run_key_use;
    use->command.after = NULL;
    command_submit_with(app, &use->command, COMMAND_TOTALS_OLDEST, STR(""));
}
