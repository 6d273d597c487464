#include "store/keyring.h"

#include <stdatomic.h>
#include <string.h>
#include <uv.h>

#include "base/check.h"
#include "base/crypto.h"
#include "store/data_key.h"
#include "store/row.h"
#include "store/setting.h"

/* A slot is 48 bytes: some 100 KB of locked memory a connection. */
enum { SLOTS = 2048, FIRST_VERSION = 1, HASHED_MAX = 128 };
enum { WRAPPED = SEAL_KEY + SEAL_EXTRA };

static const char generation_setting[] = "data_key_generation";
static const char scrub_setting[] = "data_key_destroyed";

struct key_safe {
    struct env *env;
    uv_mutex_t mutex; /* of keks */
    struct kek_list *keks;
    _Atomic uint64_t epoch; /* goes on when keys were destroyed */
};

struct slot {
    uint64_t name[2]; /* zeros: empty */
    uint8_t key[SEAL_KEY];
};

struct keyring {
    struct key_safe *safe;
    uint8_t hash_key[16];
    struct slot *slots;
    uint64_t epoch;     /* the safe's when the slots were last emptied */
    int64_t generation; /* 0: to be read */
    bool has_destroyed; /* in the transaction that is open */
};

static const char *const purposes[KEY_PURPOSE_COUNT] = {
    [KEY_SYSTEM] = "system", [KEY_INDEX] = "index",   [KEY_PII] = "pii",
    [KEY_LEGAL] = "legal",   [KEY_CANARY] = "canary",
};

static struct str word(enum key_purpose purpose) {
    check(purpose < KEY_PURPOSE_COUNT);
    return str_from_cstr(purposes[purpose]);
}

/* --- key-encryption keys --- */

static struct kek_name name_of(const uint8_t key[SEAL_KEY]) {
    uint8_t mac[SHA256_SIZE];
    struct kek_name name = {""};
    const struct str label = STR("turnpike key-encryption key");
    hmac_sha256(str_of((const char *)key, SEAL_KEY), &label, 1, mac);
    str_hex(mac, KEK_ID / 2, name.text);
    return name;
}

struct err key_safe_create(struct env *env, const struct kek_list *keks,
                           struct key_safe **ret_safe) {
    check(keks->count > 0 && keks->count <= KEK_MAX);
    struct key_safe *safe = env_alloc(env, sizeof *safe);
    if (safe == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *safe = (struct key_safe){.env = env, .keks = secret_alloc(sizeof *safe->keks)};
    if (safe->keks == NULL || uv_mutex_init(&safe->mutex) != 0) {
        secret_free(safe->keks);
        env_free(env, safe);
        return ERR(ERR_NO_MEMORY);
    }
    *safe->keks = *keks;
    *ret_safe = safe;
    return OK;
}

void key_safe_destroy(struct key_safe *safe) {
    if (safe != NULL) {
        uv_mutex_destroy(&safe->mutex);
        secret_free(safe->keks);
        env_free(safe->env, safe);
    }
}

void key_safe_replace(struct key_safe *safe, const struct kek_list *keks) {
    check(keks->count > 0 && keks->count <= KEK_MAX);
    uv_mutex_lock(&safe->mutex);
    *safe->keks = *keks;
    uv_mutex_unlock(&safe->mutex);
}

static bool is_among(const struct kek_list *keks, const uint8_t key[SEAL_KEY]) {
    bool is_found = false;
    for (size_t i = 0; i < keks->count; i++) {
        is_found |= secret_equal(str_of((const char *)keks->keys[i], SEAL_KEY),
                                 str_of((const char *)key, SEAL_KEY));
    }
    return is_found;
}

enum key_adoption key_safe_adopt(struct key_safe *safe, const struct kek_list *keks) {
    check(keks->count > 0 && keks->count <= KEK_MAX);
    uv_mutex_lock(&safe->mutex);
    bool is_present = is_among(keks, safe->keks->keys[0]);
    bool is_same = secret_equal(str_of((const char *)keks->keys[0], SEAL_KEY),
                                str_of((const char *)safe->keks->keys[0], SEAL_KEY));
    if (is_present && !is_same) {
        *safe->keks = *keks;
    }
    uv_mutex_unlock(&safe->mutex);
    return !is_present ? KEKS_LACK_PRESENT : is_same ? KEKS_UNCHANGED : KEKS_ADOPTED;
}

size_t key_safe_names(struct key_safe *safe, struct kek_name ret_names[KEK_MAX]) {
    uv_mutex_lock(&safe->mutex);
    size_t count = safe->keks->count;
    for (size_t i = 0; i < count; i++) {
        ret_names[i] = name_of(safe->keks->keys[i]);
    }
    uv_mutex_unlock(&safe->mutex);
    return count;
}

/* The key of that name, or the first when it is empty; false when there is none. */
static bool take_kek(struct key_safe *safe, struct str name, uint8_t ret_key[SEAL_KEY],
                     struct kek_name *ret_name) {
    bool is_found = false;
    uv_mutex_lock(&safe->mutex);
    for (size_t i = 0; i < safe->keks->count && !is_found; i++) {
        *ret_name = name_of(safe->keks->keys[i]);
        is_found = name.len == 0 || str_equal(name, str_from_cstr(ret_name->text));
        if (is_found) {
            memcpy(ret_key, safe->keks->keys[i], SEAL_KEY);
        }
    }
    uv_mutex_unlock(&safe->mutex);
    return is_found;
}

/* --- wrapping --- */

/* A wrapped key opens in its own row alone. */
static struct str context_of(struct arena *arena, const struct data_key_row *row) {
    return arena_printf(arena, "data_keys|" STR_FMT "|" STR_FMT "|%lld|" STR_FMT,
                        STR_ARG(row->user_id), STR_ARG(row->purpose), (long long)row->version,
                        STR_ARG(row->kek_id));
}

static struct err wrap(struct tx *tx, const uint8_t key[SEAL_KEY], struct data_key_row *row) {
    struct arena *arena = tx->cx->arena;
    uint8_t kek[SEAL_KEY];
    uint8_t sealed[WRAPPED];
    struct kek_name name;
    char *text = arena_room(arena, BASE64_SIZE(WRAPPED));
    bool is_found = take_kek(tx->keyring->safe, STR(""), kek, &name);
    check(is_found);
    row->kek_id = arena_str(arena, str_from_cstr(name.text));
    struct str context = context_of(arena, row);
    if (text != NULL) {
        seal_bytes(tx->cx->env, kek, context, str_of((const char *)key, SEAL_KEY), sealed);
        base64_write(sealed, sizeof sealed, text);
        row->wrapped = str_of(text, BASE64_SIZE(WRAPPED) - 1);
    }
    secret_wipe(kek, sizeof kek);
    return arena_failed(arena) ? ERR(ERR_NO_MEMORY) : OK;
}

static struct err unwrap(struct tx *tx, const struct data_key_row *row, uint8_t ret_key[SEAL_KEY]) {
    uint8_t kek[SEAL_KEY];
    uint8_t sealed[WRAPPED];
    size_t len = 0;
    struct kek_name name;
    if (!take_kek(tx->keyring->safe, row->kek_id, kek, &name)) {
        return cx_fail(tx->cx, ERR(ERR_PERMISSION),
                       "The data are sealed under the key " STR_FMT ", which was not given.",
                       STR_ARG(row->kek_id));
    }
    struct str context = context_of(tx->cx->arena, row);
    bool is_open = base64_read(row->wrapped, sealed, sizeof sealed, &len) && len == WRAPPED &&
                   seal_open(kek, context, str_of((const char *)sealed, len), ret_key);
    secret_wipe(kek, sizeof kek);
    return is_open ? OK
                   : cx_fail(tx->cx, ERR(ERR_CORRUPT),
                             "A data key (" STR_FMT " %lld) was changed since it was wrapped.",
                             STR_ARG(row->purpose), (long long)row->version);
}

/* --- data keys at hand --- */

static struct keyring *keyring_of(const struct tx *tx) {
    check(tx->keyring != NULL); /* whoever reads or writes sealed columns has one */
    return tx->keyring;
}

static void empty_slots(struct keyring *keyring) {
    secret_wipe(keyring->slots, SLOTS * sizeof *keyring->slots);
}

static void keep_up(struct keyring *keyring) {
    uint64_t epoch = atomic_load(&keyring->safe->epoch);
    if (epoch != keyring->epoch) {
        empty_slots(keyring);
        keyring->epoch = epoch;
    }
}

struct place {
    uint64_t name[2];
    struct slot *slot;
};

static struct place place_of(struct keyring *keyring, const struct key_owner *owner,
                             int64_t version) {
    char text[HASHED_MAX];
    struct place place;
    check(owner->user_id.len < HASHED_MAX - sizeof version - 1);
    memcpy(text, &version, sizeof version);
    text[sizeof version] = (char)owner->purpose;
    if (owner->user_id.len > 0) {
        memcpy(text + sizeof version + 1, owner->user_id.bytes, owner->user_id.len);
    }
    siphash_128(keyring->hash_key, str_of(text, sizeof version + 1 + owner->user_id.len),
                place.name);
    place.slot = &keyring->slots[place.name[0] % SLOTS];
    return place;
}

static bool is_at_hand(const struct place *place) {
    return memcmp(place->slot->name, place->name, sizeof place->name) == 0;
}

static void put_at_hand(const struct place *place, const uint8_t key[SEAL_KEY]) {
    memcpy(place->slot->key, key, SEAL_KEY);
    memcpy(place->slot->name, place->name, sizeof place->name);
}

/* Of a row that may have been destroyed. */
static struct err take_out(struct tx *tx, const struct key_owner *owner,
                           const struct data_key_row *row, struct key *ret_key) {
    uint8_t bytes[SEAL_KEY];
    if (row->destroyed_at != ROW_NONE) {
        *ret_key = (struct key){NULL, row->version};
        return OK;
    }
    TRY(unwrap(tx, row, bytes));
    struct place place = place_of(tx->keyring, owner, row->version);
    put_at_hand(&place, bytes);
    secret_wipe(bytes, sizeof bytes);
    *ret_key = (struct key){place.slot->key, row->version};
    return OK;
}

static struct err make(struct tx *tx, const struct key_owner *owner, int64_t version,
                       struct key *ret_key) {
    uint8_t bytes[SEAL_KEY];
    struct data_key_row row = {
        .user_id = owner->user_id,
        .purpose = word(owner->purpose),
        .version = version,
        .created_at = cx_now_ms(tx->cx),
        .retired_at = ROW_NONE,
        .destroyed_at = ROW_NONE,
    };
    tx->cx->env->random(tx->cx->env, bytes, sizeof bytes);
    struct err err = wrap(tx, bytes, &row);
    secret_wipe(bytes, sizeof bytes);
    TRY(err);
    TRY(data_key_insert(tx, &row));
    return take_out(tx, owner, &row, ret_key);
}

struct err keyring_newest(struct tx *tx, const struct key_owner *owner, struct key *ret_key) {
    struct keyring *keyring = keyring_of(tx);
    struct data_key_row row;
    bool is_found = false;
    int64_t version = FIRST_VERSION;
    keep_up(keyring);
    if (owner->purpose != KEY_INDEX && owner->purpose != KEY_CANARY) {
        TRY(keyring_generation(tx, &version));
    }
    struct place place = place_of(keyring, owner, version);
    if (is_at_hand(&place)) {
        *ret_key = (struct key){place.slot->key, version};
        return OK;
    }
    TRY(data_key_newest(tx, owner->user_id, word(owner->purpose), &row, &is_found));
    bool is_to_be_made = !is_found || (row.destroyed_at == ROW_NONE && row.version < version);
    return is_to_be_made ? make(tx, owner, version, ret_key) : take_out(tx, owner, &row, ret_key);
}

struct err keyring_find(struct tx *tx, const struct key_owner *owner, int64_t version,
                        struct key *ret_key) {
    struct keyring *keyring = keyring_of(tx);
    struct data_key_row row = {
        .user_id = owner->user_id, .purpose = word(owner->purpose), .version = version};
    bool is_found = false;
    keep_up(keyring);
    struct place place = place_of(keyring, owner, version);
    if (is_at_hand(&place)) {
        *ret_key = (struct key){place.slot->key, version};
        return OK;
    }
    TRY(data_key_get(tx, &row, &row, &is_found));
    return is_found ? take_out(tx, owner, &row, ret_key)
                    : cx_fail(tx->cx, ERR(ERR_CORRUPT),
                              "The data key (%s %lld) of a row is not in the database.",
                              purposes[owner->purpose], (long long)version);
}

/* So that nothing makes a key for who never had one. */
static struct err leave_tombstone(struct tx *tx, struct str user_id, enum key_purpose purpose) {
    struct data_key_row row = {
        .user_id = user_id,
        .purpose = word(purpose),
        .version = FIRST_VERSION,
        .created_at = cx_now_ms(tx->cx),
        .retired_at = ROW_NONE,
        .destroyed_at = cx_now_ms(tx->cx),
    };
    return data_key_insert(tx, &row);
}

struct err keyring_destroy(struct tx *tx, struct str user_id, enum key_purpose purpose) {
    struct keyring *keyring = keyring_of(tx);
    struct data_key_row row;
    bool is_found = false;
    check(user_id.len > 0 && (purpose == KEY_PII || purpose == KEY_LEGAL));
    TRY(data_key_newest(tx, user_id, word(purpose), &row, &is_found));
    TRY(is_found ? data_key_destroy(tx, user_id, word(purpose))
                 : leave_tombstone(tx, user_id, purpose));
    empty_slots(keyring);
    keyring->has_destroyed = true;
    db_forget(tx->db);
    return setting_put(tx, scrub_setting, STR("1"));
}

struct err keyring_renew(struct tx *tx, struct str user_id, enum key_purpose purpose) {
    const struct key_owner owner = {user_id, purpose};
    struct data_key_row row;
    struct key key;
    bool is_found = false;
    TRY(keyring_destroy(tx, user_id, purpose));
    TRY(data_key_newest(tx, user_id, word(purpose), &row, &is_found));
    check(is_found);
    return make(tx, &owner, row.version + 1, &key);
}

struct err keyring_wants_scrub(struct tx *tx, bool *ret_wants) {
    struct str text;
    TRY(setting_get(tx, scrub_setting, &text));
    *ret_wants = text.len > 0;
    return OK;
}

struct err keyring_scrubbed(struct tx *tx) {
    return setting_put(tx, scrub_setting, STR(""));
}

struct err keyring_index(struct tx *tx, struct str what, struct str text,
                         char ret_index[KEYRING_INDEX]) {
    const struct key_owner owner = {STR(""), KEY_INDEX};
    const struct str parts[] = {what, STR("|"), text};
    uint8_t mac[SHA256_SIZE];
    struct key key;
    TRY(keyring_find(tx, &owner, FIRST_VERSION, &key));
    hmac_sha256(str_of((const char *)key.bytes, SEAL_KEY), parts, ARRAY_LEN(parts), mac);
    str_hex(mac, sizeof mac, ret_index);
    return OK;
}

/* --- life --- */

struct err keyring_create(struct key_safe *safe, struct keyring **ret_keyring) {
    struct keyring *keyring = env_alloc(safe->env, sizeof *keyring);
    if (keyring == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *keyring = (struct keyring){
        .safe = safe,
        .slots = secret_alloc(SLOTS * sizeof *keyring->slots),
        .epoch = atomic_load(&safe->epoch),
    };
    safe->env->random(safe->env, keyring->hash_key, sizeof keyring->hash_key);
    if (keyring->slots == NULL) {
        env_free(safe->env, keyring);
        return ERR(ERR_NO_MEMORY);
    }
    *ret_keyring = keyring;
    return OK;
}

void keyring_free(struct keyring *keyring) {
    if (keyring != NULL) {
        secret_free(keyring->slots);
        env_free(keyring->safe->env, keyring);
    }
}

/* What can be done about it, in place of what was found. */
static struct err refuse(struct tx *tx, const struct data_key_row *canary) {
    struct kek_name given[KEK_MAX];
    (void)key_safe_names(tx->keyring->safe, given);
    return cx_fail(tx->cx, ERR(ERR_PERMISSION),
                   "The data are sealed under the key " STR_FMT ", and the key given is %s. Give "
                   "the right one with --key-file, --key-command or as the systemd credential "
                   "turnpike.key.",
                   STR_ARG(canary->kek_id), given[0].text);
}

static struct err try_canary(struct tx *tx, bool *ret_found) {
    struct data_key_row row = {
        .user_id = STR(""), .purpose = word(KEY_CANARY), .version = FIRST_VERSION};
    uint8_t bytes[SEAL_KEY];
    TRY(data_key_get(tx, &row, &row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    struct err err = unwrap(tx, &row, bytes);
    secret_wipe(bytes, sizeof bytes);
    return err.code == ERR_PERMISSION || err.code == ERR_CORRUPT ? refuse(tx, &row) : err;
}

/* A copy without its keys must not get new ones, which open nothing of it. */
static struct err must_be_unsealed(struct tx *tx) {
    bool is_sealed = false;
    TRY(setting_is_sealed(tx, "mail_key", &is_sealed));
    return is_sealed ? cx_fail(tx->cx, ERR(ERR_PERMISSION),
                               "The data are sealed, and their keys are not in this folder: a "
                               "backup is put into a folder by turnpike restore, with its keys.")
                     : OK;
}

struct err keyring_prepare(struct tx *tx, bool *ret_is_new) {
    static const enum key_purpose own[] = {KEY_CANARY, KEY_SYSTEM, KEY_INDEX};
    bool is_found = false;
    struct key key;
    (void)keyring_of(tx);
    TRY(try_canary(tx, &is_found));
    if (!is_found) {
        TRY(must_be_unsealed(tx));
    }
    for (size_t i = 0; i < ARRAY_LEN(own) && !is_found; i++) {
        TRY(keyring_newest(tx, &(struct key_owner){STR(""), own[i]}, &key));
    }
    *ret_is_new = !is_found;
    return OK;
}

struct err keyring_check(struct tx *tx) {
    bool is_found = false;
    (void)keyring_of(tx);
    return try_canary(tx, &is_found);
}

void keyring_undo(struct keyring *keyring) {
    empty_slots(keyring);
    keyring->generation = 0;
}

void keyring_settle(struct keyring *keyring, bool is_durable) {
    if (!is_durable) {
        keyring_undo(keyring);
    } else if (keyring->has_destroyed) {
        (void)atomic_fetch_add(&keyring->safe->epoch, 1);
    }
    keyring->has_destroyed = false;
}

/* --- rotation --- */

struct err keyring_generation_stored(struct tx *tx, int64_t *ret_generation) {
    struct str text;
    int64_t generation = FIRST_VERSION;
    TRY(setting_get(tx, generation_setting, &text));
    (void)!str_to_i64(text, &generation); /* none yet: the first */
    *ret_generation = generation;
    return OK;
}

struct err keyring_generation(struct tx *tx, int64_t *ret_generation) {
    struct keyring *keyring = keyring_of(tx);
    if (keyring->generation == 0) {
        TRY(keyring_generation_stored(tx, &keyring->generation));
    }
    *ret_generation = keyring->generation;
    return OK;
}

struct err keyring_next_generation(struct tx *tx) {
    int64_t generation = 0;
    TRY(keyring_generation(tx, &generation));
    keyring_of(tx)->generation = generation + 1;
    return setting_put(tx, generation_setting,
                       arena_printf(tx->cx->arena, "%lld", (long long)generation + 1));
}

/* Under the first KEK, or destroyed. */
static bool needs_nothing(struct tx *tx, const struct data_key_row *row) {
    uint8_t kek[SEAL_KEY];
    struct kek_name first = {""};
    bool is_found = take_kek(tx->keyring->safe, STR(""), kek, &first);
    secret_wipe(kek, sizeof kek);
    check(is_found);
    return row->destroyed_at != ROW_NONE || str_equal(row->kek_id, str_from_cstr(first.text));
}

struct err keyring_rewrap(struct tx *tx, const struct data_key_row *row, bool *ret_was) {
    uint8_t bytes[SEAL_KEY];
    struct data_key_row fresh = *row;
    *ret_was = needs_nothing(tx, row);
    if (*ret_was) {
        return OK;
    }
    TRY(unwrap(tx, row, bytes));
    struct err err = wrap(tx, bytes, &fresh);
    secret_wipe(bytes, sizeof bytes);
    TRY(err);
    return data_key_rewrap(tx, &fresh);
}

bool keyring_is_canary(const struct data_key_row *row) {
    return str_equal(row->purpose, word(KEY_CANARY));
}

struct err keyring_rewrap_canary(struct tx *tx) {
    struct data_key_row row = {
        .user_id = STR(""), .purpose = word(KEY_CANARY), .version = FIRST_VERSION};
    bool is_found = false;
    bool was_done = false;
    TRY(data_key_get(tx, &row, &row, &is_found));
    return is_found ? keyring_rewrap(tx, &row, &was_done) : ERR(ERR_CORRUPT);
}
