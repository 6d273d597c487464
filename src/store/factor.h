/* Second factors of people: a secret for one-time codes, passkeys, recovery codes; and the
 * challenges that passkeys sign. */
#ifndef STORE_FACTOR_H
#define STORE_FACTOR_H

#include "store/row.h"

struct totp_row {
    struct str person_id;
    struct str secret; /* base32 */
    int64_t last_step; /* of the newest code that was taken; none is taken twice */
    int64_t created_at;
    int64_t confirmed_at; /* or ROW_NONE: not yet a factor */
};
/* Replaces one that there is. */
MUST_USE struct err totp_put(struct tx *tx, const struct totp_row *row);
MUST_USE struct err totp_get(struct tx *tx, struct str person_id, struct totp_row *ret_row,
                             bool *ret_found);
/* ERR_CONFLICT when a code of this step or a later one was taken before. */
MUST_USE struct err totp_take(struct tx *tx, struct str person_id, int64_t step, int64_t now);
MUST_USE struct err totp_delete(struct tx *tx, struct str person_id);

struct passkey_row {
    struct str person_id;
    struct record_id id;
    struct str credential_id, public_key; /* base64url; the key as COSE has it */
    int64_t algorithm;                    /* of COSE: -7, -8, -257 */
    int64_t sign_count;
    struct str name;
    struct str transports;   /* names with blanks between */
    bool is_backup_eligible; /* it syncs; never changes */
    bool is_backed_up;
    int64_t created_at;
    int64_t used_at; /* or ROW_NONE */
};
MUST_USE struct err passkey_insert(struct tx *tx, const struct passkey_row *row);
MUST_USE struct err passkey_by_credential(struct tx *tx, struct str credential_id,
                                          struct passkey_row *ret_row, bool *ret_found);
/* A person's, by the time they were made; struct passkey_row. */
MUST_USE struct err passkey_list(struct tx *tx, struct str person_id, size_t max,
                                 struct row_list *ret_list);
MUST_USE struct err passkey_used(struct tx *tx, struct str credential_id, int64_t sign_count,
                                 bool is_backed_up, int64_t now);
/* Replaces all but whose it is, and its id. ERR_CONFLICT when there is none. */
MUST_USE struct err passkey_set(struct tx *tx, const struct passkey_row *row);
/* ERR_CONFLICT when the person has none with this id. */
MUST_USE struct err passkey_delete(struct tx *tx, struct str person_id, struct str id);

/* Replaces all codes of a person by these hashes. */
MUST_USE struct err recovery_codes_put(struct tx *tx, struct str person_id,
                                       const struct str *hashes, size_t count);
/* ERR_CONFLICT when there is none such, or it was used. */
MUST_USE struct err recovery_code_use(struct tx *tx, struct str person_id, struct str hash,
                                      int64_t now);

/* What a person has. */
struct factors {
    int64_t totp, passkeys, recovery_codes; /* confirmed; all; not used yet */
};
MUST_USE struct err factors_of(struct tx *tx, struct str person_id, struct factors *ret_factors);

struct challenge_row {
    struct str challenge_hash;
    struct str purpose;    /* "sign_in", "register", "step_up" */
    struct str session_id; /* for which it was made; empty to sign in */
    int64_t expires_at;
};
MUST_USE struct err challenge_insert(struct tx *tx, const struct challenge_row *row);
/* Takes it out: it answers once. */
MUST_USE struct err challenge_take(struct tx *tx, struct str challenge_hash,
                                   struct challenge_row *ret_row, bool *ret_found);

#endif
