/* Proofs as JSON objects, and whether they hold. */
#include <string.h>

#include "app/audit_prove.h"
#include "base/json.h"
#include "base/shape.h"
#include "core/jcs.h"

enum { ROW_MAX = 64 * 1024 };

struct row_paper {
    struct str row, chain, hash, root, note;
    int64_t seq, position;
    struct shape_list in_chain, in_log; /* struct str, hexadecimal */
};

struct consistency_paper {
    struct str older, newer;
    struct shape_list path; /* struct str, hexadecimal */
};

static const struct shape_field hash_item = {
    .kind = SHAPE_STR, .min = SHA256_HEX, .max = SHA256_HEX, .allowed = "0123456789abcdef"};

#define PATH(json, at)                                                                             \
    {                                                                                              \
        json, json, SHAPE_LIST, .offset = (at), .max = MERKLE_PROOF_MAX, .item = &hash_item,       \
                                .item_size = sizeof(struct str)                                    \
    }
#define NOTE(json, doc, at)                                                                        \
    {                                                                                              \
        json, doc, SHAPE_STR, .offset = (at), .min = 1, .max = AUDIT_NOTE_MAX,                     \
                              .flags = SHAPE_OPEN_TEXT                                             \
    }

#define AT(member) offsetof(struct row_paper, member)
#define HASH(json, member)                                                                         \
    {                                                                                              \
        json, json, SHAPE_STR, .offset = AT(member), .min = SHA256_HEX, .max = SHA256_HEX,         \
                               .allowed = "0123456789abcdef"                                       \
    }
static const struct shape_field row_fields[] = {
    {"row", "The row as it was hashed", SHAPE_STR, .offset = AT(row), .min = 2, .max = ROW_MAX,
     .flags = SHAPE_OPEN_TEXT},
    {"chain", "Its chain", SHAPE_STR, .offset = AT(chain), .max = AUDIT_CHAIN_NAME_MAX},
    {"headSeq", "The chain's rows that the head covers", SHAPE_I64, .offset = AT(seq), .min = 1,
     .max = LIMIT_AMOUNT},
    HASH("headHash", hash),
    HASH("headRoot", root),
    PATH("rowPath", AT(in_chain)),
    {"headPosition", "The head's place in the log", SHAPE_I64, .offset = AT(position), .min = 0,
     .max = LIMIT_AMOUNT},
    PATH("headPath", AT(in_log)),
    NOTE("checkpoint", "The note that was signed", AT(note)),
};
#undef AT
static const struct shape row_shape =
    SHAPE("AuditProof", "That a row was signed", struct row_paper, row_fields);

#define AT(member) offsetof(struct consistency_paper, member)
static const struct shape_field consistency_fields[] = {
    NOTE("older", "The note that was kept", AT(older)),
    NOTE("newer", "The newest one", AT(newer)),
    PATH("path", AT(path)),
};
#undef AT
static const struct shape consistency_shape = SHAPE("AuditConsistency", "That the log only grew",
                                                    struct consistency_paper, consistency_fields);

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
    const struct row_paper paper = {
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
    return shape_text(&row_shape, &paper, cx->arena);
}

static void read_path(const struct shape_list *list, struct merkle_proof *ret_proof) {
    const struct str *hashes = list->items;
    ret_proof->count = 0;
    for (size_t i = 0; i < list->count; i++) {
        bool is_hash = str_unhex(hashes[i], ret_proof->path[i].bytes, SHA256_SIZE);
        ret_proof->count += is_hash ? 1 : 0;
    }
}

static struct err read_paper(struct cx *cx, struct str text, const struct shape *shape,
                             void *ret_paper) {
    struct json_problem problem;
    struct shape_errors errors = {.count = 0};
    CLEANUP(json_release) json_t *json = json_read(text, &problem);
    bool is_read = json != NULL && shape_decode(shape, json, cx->arena, ret_paper, &errors);
    return is_read ? OK
                   : cx_fail(cx, ERR(ERR_FORMAT), "This is no proof that turnpike audit made.");
}

struct err audit_proof_read(struct cx *cx, struct str text, struct audit_proof *ret_proof) {
    struct row_paper paper = {0};
    TRY(read_paper(cx, text, &row_shape, &paper));
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

/* --- that the log only grew --- */

struct str audit_consistency_text(struct cx *cx, const struct audit_consistency *proof) {
    const struct consistency_paper paper = {
        .older = proof->older,
        .newer = proof->newer,
        .path = path_of(cx, &proof->path),
    };
    return shape_text(&consistency_shape, &paper, cx->arena);
}

struct err audit_consistency_read(struct cx *cx, struct str text,
                                  struct audit_consistency *ret_proof) {
    struct consistency_paper paper = {0};
    TRY(read_paper(cx, text, &consistency_shape, &paper));
    *ret_proof = (struct audit_consistency){.older = paper.older, .newer = paper.newer};
    read_path(&paper.path, &ret_proof->path);
    return OK;
}

const char *audit_consistency_complaint(const struct audit_consistency *proof,
                                        const struct audit_keys *keys) {
    struct str older_text = proof->older;
    struct str newer_text = proof->newer;
    struct audit_note older;
    struct audit_note newer;
    if (!audit_signed_read(&older_text, keys, &older) ||
        !audit_signed_read(&newer_text, keys, &newer)) {
        return "A checkpoint was signed by no key that counts.";
    }
    const struct merkle_claim from = {older.checkpoint.size, older.checkpoint.root};
    const struct merkle_claim to = {newer.checkpoint.size, newer.checkpoint.root};
    return merkle_is_consistent(&from, &to, &proof->path)
               ? NULL
               : "The older checkpoint is not the beginning of the newer one.";
}
