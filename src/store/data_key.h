/* Data keys as stored: wrapped, which is all that anybody who has the file can see of them. */
#ifndef STORE_DATA_KEY_H
#define STORE_DATA_KEY_H

#include "store/row.h"

struct data_key_row {
    struct str user_id; /* empty: the installation's own */
    struct str purpose; /* a word of store/keyring.h */
    int64_t version;    /* from 1 */
    struct str wrapped; /* base64 of nonce, ciphertext and tag; empty once destroyed */
    struct str kek_id;  /* of the key that it is wrapped under */
    int64_t created_at;
    int64_t retired_at;   /* or ROW_NONE: nothing in the database is sealed under it since then */
    int64_t destroyed_at; /* or ROW_NONE */
};

MUST_USE struct err data_key_insert(struct tx *tx, const struct data_key_row *row);
MUST_USE struct err data_key_get(struct tx *tx, const struct data_key_row *key,
                                 struct data_key_row *ret_row, bool *ret_found);
/* Whether there is any: nothing is sealed without. */
MUST_USE struct err data_key_any(struct tx *tx, bool *ret_has);
/* The one with the highest version. */
MUST_USE struct err data_key_newest(struct tx *tx, struct str user_id, struct str purpose,
                                    struct data_key_row *ret_row, bool *ret_found);
/* Whose wrapping is under another key than `kek_id`, after this key in order of the table; items
 * are struct data_key_row. */
MUST_USE struct err data_key_page(struct tx *tx, const struct data_key_row *after, size_t max,
                                  struct row_list *ret_list);
/* Wrapped anew. ERR_CONFLICT when it was destroyed meanwhile. */
MUST_USE struct err data_key_rewrap(struct tx *tx, const struct data_key_row *row);
/* Deletes those after `after` up to `last`, for who puts them back. */
MUST_USE struct err data_key_take_out(struct tx *tx, const struct data_key_row *after,
                                      const struct data_key_row *last);
/* Makes all versions unreadable for ever. */
MUST_USE struct err data_key_destroy(struct tx *tx, struct str user_id, struct str purpose);
/* Versions below this one seal nothing of theirs in the database any more. */
MUST_USE struct err data_key_retire(struct tx *tx, struct str user_id, int64_t below);
/* The same of all people who sign in (sealed_member() has the form of their ids). */
MUST_USE struct err data_key_retire_people(struct tx *tx, int64_t below);
/* Forgets all: for a copy of the database whose keys are kept elsewhere. */
MUST_USE struct err data_key_forget_all(struct tx *tx);

#endif
