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

struct key_create {
    struct command command;
    struct str name;
    unsigned scopes;
    char key[KEY_SIZE]; /* shown once */
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

/* The scopes of a key that is valid now, 0 when it is not, and what it is known by. */
MUST_USE struct err key_scopes(struct app *app, struct tx *tx, struct str key, unsigned *ret_scopes,
                               struct key_marks *ret_marks);
/* "apik_…" of a key that was just found valid, in the arena; empty when it was not. */
struct str key_id_lately(const struct app *app, struct arena *arena, struct str key);
/* The scopes of a key that was found valid lately, and still is; 0 when it must be asked about. */
unsigned key_scopes_lately(const struct app *app, struct key_marks marks);

#endif
