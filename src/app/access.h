/* Who may ask, of machines: API keys. Secrets are shown once; hashes are kept. */
#ifndef APP_ACCESS_H
#define APP_ACCESS_H

#include "app/app.h"
#include "store/key.h"

/* What a key may do; names in access.c's table. */
enum scope {
    SCOPE_USAGE = 1,     /* usage:write: send events, take, check, release, gate */
    SCOPE_BILLING = 2,   /* billing:write: act for a customer on /api/billing */
    SCOPE_READ = 4,      /* billing:read: the same, reading only */
    SCOPE_CUSTOMERS = 8, /* customers:write: make customers, open their pages */
    SCOPE_ADMIN = 16,    /* admin: operators' routes */
    SCOPE_TEST = 32,     /* test: the test clock */
    SCOPE_ALL = 63,
};
/* Names with commas between: "usage:write,billing:read", or "all". False names the first unknown
 * word in *ret_unknown. */
MUST_USE bool scopes_parse(struct str list, unsigned *ret_scopes, struct str *ret_unknown);
const char *scope_name(enum scope scope);

enum { KEY_SIZE = 46 }; /* "tp_live_", 30 base62, 6 of CRC-32, NUL */

/* tp_live_ or tp_test_, by the mode. Pure but for the random bytes. */
void key_make(struct env *env, bool is_test, char ret_key[KEY_SIZE]);
/* Whether the text can be a key at all: prefix, alphabet, checksum. */
bool key_is_well_formed(struct str key);

enum { KEYS_LISTED_MAX = 500, KEY_OVERLAP_HOURS_MAX = 30 * 24, KEY_OVERLAP_HOURS = 24 };

struct key_create {
    struct command command;
    struct str name;
    unsigned scopes;
    struct str ip_allowlist; /* networks_parse() takes it; empty: anywhere */
    int64_t expires_at;      /* milliseconds UTC, or ROW_NONE */
    char key[KEY_SIZE];      /* shown once */
    struct record_id id;
};
void key_create(struct app *app, struct key_create *create);

/* Ends a key's life; it opens nothing once this is done. DONE (also when it was revoked before),
 * KEY_NOT_FOUND. */
struct key_revoke {
    struct command command;
    struct str id;
    void (*finished)(struct key_revoke *revoke); /* on the loop's thread */
};
void key_revoke(struct app *app, struct key_revoke *revoke);

/* A new key that may what the other may, which ends when both have worked side by side for some
 * hours; it lasts as long as the other was made for. CREATED, KEY_NOT_FOUND, KEY_NOT_ACTIVE. */
struct key_rotate {
    struct command command;
    struct str id;
    int overlap_hours;  /* 0..KEY_OVERLAP_HOURS_MAX */
    char key[KEY_SIZE]; /* shown once */
    struct record_id made;
    void (*finished)(struct key_rotate *rotate); /* on the loop's thread */
};
void key_rotate(struct app *app, struct key_rotate *rotate);

/* The newest first, KEYS_LISTED_MAX of them; items are struct key_row. */
MUST_USE struct err keys_read(struct tx *tx, struct row_list *ret_list);
MUST_USE struct err key_read(struct tx *tx, struct str id, struct key_row *ret_row,
                             bool *ret_found);
/* The person who has made a key, also by another key that they had made: what it asks for is their
 * own. Empty: who owns the machine, or nobody knows. */
MUST_USE struct err key_maker(struct tx *tx, struct str id, struct str *ret_person_id);
enum key_status { KEY_ACTIVE, KEY_EXPIRED, KEY_REVOKED };
enum key_status key_status(const struct key_row *row, struct instant now);

struct key_found {
    unsigned scopes; /* of a key that is valid now, and from there; else 0 */
    struct key_marks marks;
    bool is_elsewhere; /* it is valid, but not from there */
};
/* `from` is the caller's address; empty: the machine's own socket, which is nowhere else. */
MUST_USE struct err key_scopes(struct app *app, struct tx *tx, struct str key, struct str from,
                               struct key_found *ret_found);
/* "apik_…" of a key that was just found valid, in the arena; empty when it was not. */
struct str key_id_lately(const struct app *app, struct arena *arena, struct str key);
/* The scopes of a key that was found valid lately, and still is; 0 when it must be asked about. */
unsigned key_scopes_lately(struct app *app, struct key_marks marks);

/* --- when it was used --- */

enum { KEY_USES_MAX = 32 };
/* Stores that keys were used; the caller keeps it until `done`. */
struct key_use {
    struct command command;
    struct record_id ids[KEY_USES_MAX];
    size_t count;
    int64_t at;
};
/* False when there is nothing to store. */
MUST_USE bool key_use_gather(struct app *app, struct key_use *use);
void key_use_write(struct app *app, struct key_use *use);

#endif
