/* API keys: found by the hash of a secret, which is all that is kept. */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "store/row.h"

struct key_row {
    struct str key_hash; /* SHA-256 in hexadecimal, so that nobody can use what is kept */
    struct record_id id;
    struct str name, prefix, last4;
    struct str scopes; /* names with blanks between */
    int64_t created_at;
    int64_t expires_at, revoked_at; /* or ROW_NONE */
    struct str ip_allowlist;        /* networks with blanks between; empty: anywhere */
    int64_t last_used_at;           /* to the minute, or ROW_NONE */
    struct str created_by;          /* "pers_…" or "apik_…"; empty: over the machine's socket */
};

MUST_USE struct err key_insert(struct tx *tx, const struct key_row *row);
MUST_USE struct err key_by_id(struct tx *tx, struct str id, struct key_row *ret_row,
                              bool *ret_found);
/* The newest first; items are struct key_row. */
MUST_USE struct err key_list(struct tx *tx, size_t max, struct row_list *ret_list);
/* Nothing happens to a key that is revoked already, or is none. */
MUST_USE struct err key_revoke_at(struct tx *tx, struct str id, int64_t now);
/* It ends at `at`, if it would not have ended before. */
MUST_USE struct err key_end_at(struct tx *tx, struct str id, int64_t at);
MUST_USE struct err key_used_at(struct tx *tx, struct str id, int64_t at);
MUST_USE struct err key_get(struct tx *tx, struct str key_hash, struct key_row *ret_row,
                            bool *ret_found);

#endif
