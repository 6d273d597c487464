/* The keys under which rows are sealed (docs/decisions/at-rest.md).
 *
 * A key-encryption key (KEK) comes from outside and wraps data keys, which lie in the table
 * data_keys: the installation's own, and each customer's, made when something of theirs is first
 * sealed. A customer's KEY_PII seals what is theirs to have erased, KEY_LEGAL what the law wants
 * kept: destroying a key erases all that it sealed, wherever it was copied to.
 *
 * A `struct key_safe` holds the KEKs for all threads. A `struct keyring` belongs to one connection
 * and its thread, and keeps the data keys that were used lately, in locked memory. */
#ifndef STORE_KEYRING_H
#define STORE_KEYRING_H

#include "base/cx.h"
#include "base/seal.h"

struct tx;
struct key_safe;
struct keyring;

/* --- from outside --- */

enum { KEK_MAX = 8, KEK_ID = 16 };

/* The first wraps what is made from now on; each unwraps what it has wrapped. Wipe it after use. */
struct kek_list {
    uint8_t keys[KEK_MAX][SEAL_KEY];
    size_t count;
};

/* A name for a key that tells nothing of it: hexadecimal, NUL-terminated. */
struct kek_name {
    char text[KEK_ID + 1];
};

/* Not empty. ERR_NO_MEMORY. */
MUST_USE struct err key_safe_create(struct env *env, const struct kek_list *keks,
                                    struct key_safe **ret_safe);
void key_safe_destroy(struct key_safe *safe); /* takes NULL; after its keyrings */
/* From any thread. */
void key_safe_replace(struct key_safe *safe, const struct kek_list *keks);
/* The same for newer keys that came from outside, among which must be the one that wrapped all so
 * far. */
enum key_adoption {
    KEKS_ADOPTED,
    KEKS_UNCHANGED,    /* the first is the same as before */
    KEKS_LACK_PRESENT, /* the first of before is not among them */
};
enum key_adoption key_safe_adopt(struct key_safe *safe, const struct kek_list *keks);
/* The names of its keys, in order; returns how many. */
size_t key_safe_names(struct key_safe *safe, struct kek_name ret_names[KEK_MAX]);

/* --- of a connection --- */

MUST_USE struct err keyring_create(struct key_safe *safe, struct keyring **ret_keyring);
void keyring_free(struct keyring *keyring); /* takes NULL */

/* At the start, in a transaction of the writer's: makes the installation's own keys in a new
 * database, and finds out whether the KEKs are those of this one. ERR_PERMISSION, with a sentence,
 * when they are not. *ret_is_new: nothing in this database has been sealed before. */
MUST_USE struct err keyring_prepare(struct tx *tx, bool *ret_is_new);
/* The same for a reader, which makes none. */
MUST_USE struct err keyring_check(struct tx *tx);
/* After each transaction of the writer's: what it destroyed is forgotten by everybody once it is
 * durable; what it made and was rolled back, by the writer. */
void keyring_settle(struct keyring *keyring, bool is_durable);
/* A part of the transaction was rolled back. */
void keyring_undo(struct keyring *keyring);

/* --- data keys --- */

enum key_purpose {
    KEY_SYSTEM, /* the installation's: its secrets, and what is nobody's */
    KEY_INDEX,  /* the installation's: for what is looked up by its value */
    KEY_PII,    /* a customer's: who they are */
    KEY_LEGAL,  /* a customer's: their invoices, which must outlast them */
    KEY_CANARY, /* wraps nothing: opens only under the right KEK */
    KEY_PURPOSE_COUNT
};

struct key_owner {
    struct str user_id; /* empty: the installation */
    enum key_purpose purpose;
};

struct key {
    const uint8_t *bytes; /* SEAL_KEY of them, until the next question; NULL: it was destroyed */
    int64_t version;
};

/* For what is written now: made if there is none. The writer's alone. */
MUST_USE struct err keyring_newest(struct tx *tx, const struct key_owner *owner,
                                   struct key *ret_key);
/* ERR_CORRUPT, with a sentence, when there is no such key, or its KEK is not here. */
MUST_USE struct err keyring_find(struct tx *tx, const struct key_owner *owner, int64_t version,
                                 struct key *ret_key);
/* What sealed all that this customer has. Reading it gives the columns' `erased` from the commit
 * on, here and in every backup, since backups hold no keys; writing keeps nothing. */
MUST_USE struct err keyring_destroy(struct tx *tx, struct str user_id, enum key_purpose purpose);

/* The same, and what is written from now on is kept again, under another one. */
MUST_USE struct err keyring_renew(struct tx *tx, struct str user_id, enum key_purpose purpose);

/* Whether a key was destroyed since keyring_scrubbed(): a walk is to clean the pages it lay in. */
MUST_USE struct err keyring_wants_scrub(struct tx *tx, bool *ret_wants);
MUST_USE struct err keyring_scrubbed(struct tx *tx);

enum { KEYRING_INDEX = 64 };
/* A stand-in by which equal texts are found and no text is told: HMAC-SHA-256, hexadecimal. `what`
 * keeps the stand-ins of two columns apart. */
MUST_USE struct err keyring_index(struct tx *tx, struct str what, struct str text,
                                  char ret_index[KEYRING_INDEX]);

/* --- rotation --- */

/* Which version of data keys is written with, from 1: a customer's is made when something of theirs
 * is next sealed. */
MUST_USE struct err keyring_generation(struct tx *tx, int64_t *ret_generation);
/* The same as of the last commit, for who only reads. */
MUST_USE struct err keyring_generation_stored(struct tx *tx, int64_t *ret_generation);
/* The next version from now on. */
MUST_USE struct err keyring_next_generation(struct tx *tx);

struct data_key_row;
/* Wraps a key under the first KEK; *ret_was when it was already, or was destroyed. */
MUST_USE struct err keyring_rewrap(struct tx *tx, const struct data_key_row *row, bool *ret_was);
/* The key that tells at a start which KEK is needed: wrapped anew after all others. */
bool keyring_is_canary(const struct data_key_row *row);
MUST_USE struct err keyring_rewrap_canary(struct tx *tx);

#endif
