/* Proofs of single rows, and whether they hold. */
#include <string.h>

#include "app/audit.h"
#include "app/audit_verify.h"
#include "base/check.h"
#include "base/json.h"
#include "base/shape.h"

enum { PAGE = 1000, TEXT_MAX = 256 * 1024, ROW_MAX = 64 * 1024 };

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

static struct err prove_in_log(struct tx *tx, int64_t size, int64_t position,
                               struct merkle_proof *ret_proof) {
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
    if (at < size) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "heads of the log are missing: verify says which");
    }
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
    TRY(audit_row_get(tx, id, &row, ret_found));
    if (!*ret_found) {
        return say_why_not(tx, "There is no row of this id.");
    }
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

/* --- as text --- */

struct paper {
    struct str row, chain, hash, root, note;
    int64_t seq, position;
    struct shape_list in_chain, in_log; /* struct str, hexadecimal */
};

static const struct shape_field hash_item = {
    .kind = SHAPE_STR, .min = SHA256_HEX, .max = SHA256_HEX, .allowed = "0123456789abcdef"};

#define AT(member) offsetof(struct paper, member)
#define HASH(json, member)                                                                         \
    {                                                                                              \
        json, json, SHAPE_STR, .offset = AT(member), .min = SHA256_HEX, .max = SHA256_HEX,         \
                               .allowed = "0123456789abcdef"                                       \
    }
#define PATH(json, member)                                                                         \
    {                                                                                              \
        json, json, SHAPE_LIST, .offset = AT(member), .max = MERKLE_PROOF_MAX, .item = &hash_item, \
                                .item_size = sizeof(struct str)                                    \
    }
static const struct shape_field fields[] = {
    {"row", "The row as it was hashed", SHAPE_STR, .offset = AT(row), .min = 2, .max = ROW_MAX,
     .flags = SHAPE_OPEN_TEXT},
    {"chain", "Its chain", SHAPE_STR, .offset = AT(chain), .max = AUDIT_CHAIN_NAME_MAX},
    {"headSeq", "The chain's rows that the head covers", SHAPE_I64, .offset = AT(seq), .min = 1,
     .max = LIMIT_AMOUNT},
    HASH("headHash", hash),
    HASH("headRoot", root),
    PATH("rowPath", in_chain),
    {"headPosition", "The head's place in the log", SHAPE_I64, .offset = AT(position), .min = 0,
     .max = LIMIT_AMOUNT},
    PATH("headPath", in_log),
    {"checkpoint", "The note that was signed", SHAPE_STR, .offset = AT(note), .min = 1,
     .max = AUDIT_NOTE_MAX, .flags = SHAPE_OPEN_TEXT},
};
#undef AT
static const struct shape shape =
    SHAPE("AuditProof", "That a row was signed", struct paper, fields);

static struct str hex_of(struct cx *cx, const struct hash *hash) {
    char hex[SHA256_HEX];
    str_hex(hash->bytes, SHA256_SIZE, hex);
    return arena_str(cx->arena, str_of(hex, sizeof hex));
}

static struct shape_list path_of(struct cx *cx, const struct merkle_proof *proof) {
    struct str *list = arena_array(cx->arena, proof->count, sizeof *list);
    for (size_t i = 0; list != NULL && i < proof->count; i++) {
        list[i] = hex_of(cx, &proof->path[i]);
    }
    return (struct shape_list){list, list == NULL ? 0 : proof->count};
}

struct str audit_proof_text(struct cx *cx, const struct audit_proof *proof) {
    const struct paper paper = {
        .row = proof->row,
        .chain = proof->head.chain,
        .seq = proof->head.seq,
        .hash = hex_of(cx, &proof->head.hash),
        .root = hex_of(cx, &proof->head.root),
        .in_chain = path_of(cx, &proof->in_chain),
        .position = proof->position,
        .in_log = path_of(cx, &proof->in_log),
        .note = proof->note,
    };
    return shape_text(&shape, &paper, cx->arena);
}

static void read_path(const struct shape_list *list, struct merkle_proof *ret_proof) {
    const struct str *hashes = list->items;
    ret_proof->count = 0;
    for (size_t i = 0; i < list->count; i++) {
        bool is_hash = str_unhex(hashes[i], ret_proof->path[i].bytes, SHA256_SIZE);
        ret_proof->count += is_hash ? 1 : 0;
    }
}

struct err audit_proof_read(struct cx *cx, struct str text, struct audit_proof *ret_proof) {
    struct paper paper = {0};
    struct json_problem problem;
    struct shape_errors errors = {.count = 0};
    CLEANUP(json_release) json_t *json = json_read(text, &problem);
    if (json == NULL || !shape_decode(&shape, json, cx->arena, &paper, &errors)) {
        return cx_fail(cx, ERR(ERR_FORMAT), "This is no proof that turnpike audit prove printed.");
    }
    *ret_proof = (struct audit_proof){
        .row = paper.row,
        .head = {.chain = paper.chain, .seq = paper.seq},
        .position = paper.position,
        .note = paper.note,
    };
    bool is_read = str_unhex(paper.hash, ret_proof->head.hash.bytes, SHA256_SIZE) &&
                   str_unhex(paper.root, ret_proof->head.root.bytes, SHA256_SIZE);
    read_path(&paper.in_chain, &ret_proof->in_chain);
    read_path(&paper.in_log, &ret_proof->in_log);
    return is_read ? OK : ERR(ERR_FORMAT);
}

const char *audit_proof_complaint(const struct audit_proof *proof, const struct audit_keys *keys) {
    char head[AUDIT_HEAD_MAX];
    struct str note_text = proof->note;
    struct audit_note note;
    int64_t seq = 0;
    struct hash row = merkle_leaf(proof->row);
    if (!audit_signed_read(&note_text, keys, &note)) {
        return "The checkpoint was signed by no key that counts.";
    }
    if (!jcs_whole(jcs_find(proof->row, "seq"), &seq) || seq < 1 ||
        !jcs_is_text(jcs_find(proof->row, "chain"), proof->head.chain)) {
        return "The row is not one of the head's chain.";
    }
    if (!merkle_is_included(&row, (uint64_t)seq - 1, (uint64_t)proof->head.seq, &proof->in_chain,
                            &proof->head.root)) {
        return "The row is not in its chain as it was signed.";
    }
    struct hash leaf = merkle_leaf(str_of(head, audit_head_write(&proof->head, head)));
    return merkle_is_included(&leaf, (uint64_t)proof->position, note.checkpoint.size,
                              &proof->in_log, &note.checkpoint.root)
               ? NULL
               : "The chain is not in the log as it was signed.";
}
