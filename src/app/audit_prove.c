#include "app/audit_prove.h"

#include "app/audit.h"
#include "base/check.h"

enum { PAGE = 1000 };

static struct err read_hash(struct tx *tx, struct str text, struct hash *ret_hash) {
    return str_unhex(text, ret_hash->bytes, SHA256_SIZE)
               ? OK
               : cx_fail(tx->cx, ERR(ERR_CORRUPT), "the audit log holds a hash that is none");
}

/* --- making one --- */

static struct err prove_in_chain(struct tx *tx, const struct audit_head_row *head, int64_t seq,
                                 struct merkle_proof *ret_proof) {
    struct hash *leaves = arena_array(tx->cx->arena, (size_t)head->seq, sizeof *leaves);
    struct row_list list = {NULL, PAGE};
    int64_t at = 0;
    if (leaves == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    while (list.count == PAGE && at < head->seq) {
        TRY(audit_row_since(tx, head->user_id, at, PAGE, &list));
        const struct audit_row *rows = list.items;
        for (size_t i = 0; i < list.count && at < head->seq; i++) {
            TRY(read_hash(tx, rows[i].leaf, &leaves[at]));
            at++;
        }
    }
    if (at < head->seq) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT),
                       "rows of the chain are missing: verify says which");
    }
    merkle_prove_inclusion(leaves, (size_t)head->seq, (size_t)seq - 1, ret_proof);
    return OK;
}

static struct err leaf_of(struct tx *tx, const struct audit_head_row *row, struct hash *ret_leaf) {
    char text[AUDIT_HEAD_MAX];
    struct audit_head head = {.chain = row->user_id, .seq = row->seq};
    TRY(read_hash(tx, row->chain, &head.hash));
    TRY(read_hash(tx, row->root, &head.root));
    *ret_leaf = merkle_leaf(str_of(text, audit_head_write(&head, text)));
    return OK;
}

/* What the log was told first, as leaves of its tree. */
static struct err read_log(struct tx *tx, int64_t size, struct hash **ret_leaves) {
    struct hash *leaves = arena_array(tx->cx->arena, (size_t)size, sizeof *leaves);
    struct row_list list = {NULL, PAGE};
    int64_t at = 0;
    if (leaves == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    while (list.count == PAGE && at < size) {
        TRY(audit_head_walk(tx, at - 1, PAGE, &list));
        const struct audit_head_row *rows = list.items;
        for (size_t i = 0; i < list.count && at < size; i++) {
            TRY(leaf_of(tx, &rows[i], &leaves[at]));
            at++;
        }
    }
    *ret_leaves = leaves;
    return at == size ? OK
                      : cx_fail(tx->cx, ERR(ERR_CORRUPT),
                                "heads of the log are missing: verify says which");
}

static struct err prove_in_log(struct tx *tx, int64_t size, int64_t position,
                               struct merkle_proof *ret_proof) {
    struct hash *leaves = NULL;
    TRY(read_log(tx, size, &leaves));
    merkle_prove_inclusion(leaves, (size_t)size, (size_t)position, ret_proof);
    return OK;
}

/* The first checkpoint that covers the head. */
static struct err find_checkpoint(struct tx *tx, int64_t position,
                                  struct audit_checkpoint_row *ret_row, bool *ret_found) {
    struct row_list list;
    TRY(audit_checkpoint_walk(tx, position, 1, &list));
    *ret_found = list.count > 0;
    if (*ret_found) {
        *ret_row = *(const struct audit_checkpoint_row *)list.items;
    }
    return OK;
}

static struct err say_why_not(struct tx *tx, const char *why) {
    struct err ignored = cx_fail(tx->cx, ERR(ERR_NOT_FOUND), "%s", why);
    (void)ignored.code;
    return OK;
}

struct err audit_prove(struct tx *tx, struct str id, struct audit_proof *ret_proof,
                       bool *ret_found) {
    struct audit_row row;
    struct audit_head_row head;
    struct audit_checkpoint_row checkpoint;
    ret_proof->row = STR("");
    TRY(audit_row_get(tx, id, &row, ret_found));
    if (!*ret_found) {
        return say_why_not(tx, "There is no row of this id.");
    }
    ret_proof->row = row.row;
    TRY(audit_head_covering(tx, row.user_id, row.seq, &head, ret_found));
    if (*ret_found) {
        TRY(find_checkpoint(tx, head.position, &checkpoint, ret_found));
    }
    if (!*ret_found) {
        return say_why_not(tx, "No checkpoint covers this row yet: one is made within the hour.");
    }
    *ret_proof = (struct audit_proof){
        .row = row.row,
        .head = {.chain = head.user_id, .seq = head.seq},
        .position = head.position,
        .note = checkpoint.note,
    };
    TRY(read_hash(tx, head.chain, &ret_proof->head.hash));
    TRY(read_hash(tx, head.root, &ret_proof->head.root));
    TRY(prove_in_chain(tx, &head, row.seq, &ret_proof->in_chain));
    return prove_in_log(tx, checkpoint.size, head.position, &ret_proof->in_log);
}

/* --- that the log only grew --- */

struct err audit_prove_consistency(struct tx *tx, struct str kept, const struct audit_keys *keys,
                                   struct audit_consistency *ret_proof) {
    struct audit_checkpoint_row newest;
    struct audit_note older;
    struct hash *leaves = NULL;
    bool is_found = false;
    struct str rest = kept;
    if (!audit_signed_read(&rest, keys, &older)) {
        return cx_fail(tx->cx, ERR(ERR_FORMAT),
                       "What was kept is no checkpoint that a key of this log has signed.");
    }
    TRY(audit_checkpoint_last(tx, &newest, &is_found));
    if (!is_found || newest.size < (int64_t)older.checkpoint.size) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT),
                       "More was signed than there is: audit verify --checkpoint says what.");
    }
    TRY(read_log(tx, newest.size, &leaves));
    size_t size = (size_t)older.checkpoint.size;
    struct hash root = merkle_root_of(leaves, size);
    if (!hash_equal(&root, &older.checkpoint.root)) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT),
                       "Something else was signed than what is there: audit verify --checkpoint "
                       "says what.");
    }
    ret_proof->older = str_first(kept, kept.len - rest.len);
    ret_proof->newer = newest.note;
    merkle_prove_consistency(leaves, (size_t)newest.size, size, &ret_proof->path);
    return OK;
}
