/* API keys, sessions and sign-in links: found by the hash of a secret, which is all that is kept.
 */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "store/row.h"

struct key_row {
    struct str key_hash; /* SHA-256 in hexadecimal, as are the token hashes below */
    struct record_id id;
    struct str name, prefix, last4;
    struct str scopes; /* names with blanks between */
    int64_t created_at;
    int64_t expires_at, revoked_at; /* or ROW_NONE */
};

MUST_USE struct err key_insert(struct tx *tx, const struct key_row *row);
MUST_USE struct err key_by_id(struct tx *tx, struct str id, struct key_row *ret_row,
                              bool *ret_found);
/* Nothing happens to a key that is revoked already, or is none. */
MUST_USE struct err key_revoke_at(struct tx *tx, struct str id, int64_t now);
MUST_USE struct err key_get(struct tx *tx, struct str key_hash, struct key_row *ret_row,
                            bool *ret_found);

struct session_row {
    struct str token_hash, user_id;
    int64_t created_at, expires_at;
};

MUST_USE struct err session_insert(struct tx *tx, const struct session_row *row);
MUST_USE struct err session_get(struct tx *tx, struct str token_hash, struct session_row *ret_row,
                                bool *ret_found);
MUST_USE struct err session_delete(struct tx *tx, struct str token_hash);
/* Forgets sessions and links that ended before. */
MUST_USE struct err session_prune(struct tx *tx, int64_t before);

struct sign_in_link_row {
    struct str token_hash, user_id, return_path;
    int64_t expires_at;
    int64_t used_at; /* or ROW_NONE */
};

MUST_USE struct err sign_in_link_insert(struct tx *tx, const struct sign_in_link_row *row);
MUST_USE struct err sign_in_link_get(struct tx *tx, struct str token_hash,
                                     struct sign_in_link_row *ret_row, bool *ret_found);
/* ERR_CONFLICT when it was used before. */
MUST_USE struct err sign_in_link_use(struct tx *tx, struct str token_hash, int64_t now);

#endif
