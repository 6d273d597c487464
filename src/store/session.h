/* Sessions of people and the links that begin them: found by the hash of a secret, which is all
 * that is kept. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "core/role.h"
#include "core/session.h"
#include "store/row.h"

struct session_row {
    struct str token_hash; /* SHA-256 in hexadecimal, as are the hashes below */
    struct record_id id;
    int kind;             /* enum session_kind */
    struct str person_id; /* of an impersonation, the operator's */
    struct str user_id;   /* empty: an operator's */
    bool is_pending;      /* a second factor is still to be proved, or to be set up */
    int64_t created_at, seen_at, expires_at;
    int64_t authenticated_at; /* when the person last proved anything */
    int64_t mfa_at;           /* or ROW_NONE */
    struct str methods;       /* what was proved, as RFC 8176 names it, with blanks between */
    struct str address, user_agent;
    struct str reason; /* of an impersonation */
};

/* A session with what makes it valid now. */
struct session_standing {
    struct session_row session;
    int member_role;     /* enum role, of the session's person for its customer; -1: none */
    int operator_role;   /* the same, of the person */
    int64_t disabled_at; /* of the person, or ROW_NONE */
};

MUST_USE struct err session_insert(struct tx *tx, const struct session_row *row);
MUST_USE struct err session_standing(struct tx *tx, struct str token_hash,
                                     struct session_standing *ret_standing, bool *ret_found);
/* The sessions of a person, the newest first; struct session_row. */
MUST_USE struct err session_list(struct tx *tx, struct str person_id, size_t max,
                                 struct row_list *ret_list);
MUST_USE struct err session_seen(struct tx *tx, struct str token_hash, int64_t now);

/* What has been proved since, under a new secret. */
struct session_proof {
    struct str old_hash, new_hash;
    bool is_pending;
    int64_t now;
    int64_t mfa_at; /* or ROW_NONE */
    struct str methods;
};
/* ERR_CONFLICT when the session has ended meanwhile. */
MUST_USE struct err session_prove(struct tx *tx, const struct session_proof *proof);

MUST_USE struct err session_delete(struct tx *tx, struct str token_hash);
/* One of a person's, by its id; nothing when it is somebody else's. */
MUST_USE struct err session_delete_of(struct tx *tx, struct str person_id, struct str id);
/* All of a person's but one; with an empty `but`, all. */
MUST_USE struct err session_delete_all(struct tx *tx, struct str person_id, struct str but_id);
/* All of a person's for one customer. */
MUST_USE struct err session_delete_member(struct tx *tx, struct str user_id, struct str person_id);
/* All of a person's as an operator, impersonations among them. */
MUST_USE struct err session_delete_operator(struct tx *tx, struct str person_id);
/* Forgets sessions, links and challenges that ended before. */
MUST_USE struct err session_prune(struct tx *tx, int64_t before);

struct sign_in_link_row {
    struct str token_hash;
    int purpose; /* enum link_purpose */
    struct str person_id, user_id, return_path;
    int64_t authenticated_at;
    int64_t mfa_at; /* or ROW_NONE */
    struct str methods, reason;
    int64_t expires_at;
    int64_t used_at; /* or ROW_NONE */
};

MUST_USE struct err sign_in_link_insert(struct tx *tx, const struct sign_in_link_row *row);
MUST_USE struct err sign_in_link_get(struct tx *tx, struct str token_hash,
                                     struct sign_in_link_row *ret_row, bool *ret_found);
/* ERR_CONFLICT when it was used before. */
MUST_USE struct err sign_in_link_use(struct tx *tx, struct str token_hash, int64_t now);
/* All of a purpose for a person become worthless. */
MUST_USE struct err sign_in_link_withdraw(struct tx *tx, enum link_purpose purpose,
                                          struct str person_id, int64_t now);

#endif
