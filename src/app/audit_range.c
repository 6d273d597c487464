#include "app/audit_range.h"

#include "base/check.h"
#include "store/audit_log.h"

enum { CHUNK = 100, CHUNK_MEMORY = 16 * 1024 * 1024 };

/* A hash that is none is one that nothing gives. */
static struct hash hash_of(struct str text) {
    struct hash hash = {{0}};
    return str_unhex(text, hash.bytes, SHA256_SIZE) ? hash : (struct hash){{0}};
}

/* What the chain had come to before the row; *ret_found is false when the row before is missing. */
static struct err read_before(struct tx *tx, const struct audit_row *row, struct hash *ret_hash,
                              bool *ret_found) {
    struct row_list list;
    *ret_hash = (struct hash){{0}};
    *ret_found = row->seq == 1;
    if (row->seq <= 1) {
        return OK;
    }
    TRY(audit_row_since(tx, row->user_id, row->seq - 2, 1, &list));
    const struct audit_row *before = list.items;
    *ret_found = list.count == 1 && before->seq == row->seq - 1;
    *ret_hash = *ret_found ? hash_of(before->chain) : *ret_hash;
    return OK;
}

/* By itself and after the one before it. */
static struct err judge(struct tx *tx, const struct audit_row *row, enum audit_fault *ret_fault) {
    struct audit_check check = {.chain = row->user_id};
    bool is_found = false;
    TRY(read_before(tx, row, &check.hash, &is_found));
    if (!is_found) {
        *ret_fault = AUDIT_MISSING;
        return OK;
    }
    const struct audit_stored stored = {
        .seq = row->seq,
        .row = row->row,
        .leaf = hash_of(row->leaf),
        .hash = hash_of(row->chain),
        .id = row->id.text[0] == '\0' ? STR("?") : id_str(&row->id),
        .actor = row->actor,
        .action = row->action,
        .object = row->object,
        .at = row->at,
    };
    check.rows.size = (uint64_t)(row->seq - 1); /* its peaks are not needed: no root is asked for */
    audit_check_row(&check, &stored);
    *ret_fault = check.fault;
    return OK;
}

/* Whether a checkpoint has signed it, and the log was told the same. */
static struct err look_at_head(struct tx *tx, const struct audit_row *row, bool *ret_signed,
                               enum audit_fault *fault) {
    struct audit_head_row head;
    struct row_list checkpoints;
    TRY(audit_head_covering(tx, row->user_id, row->seq, &head, ret_signed));
    if (!*ret_signed) {
        return OK;
    }
    bool is_same = head.seq != row->seq || str_equal(head.chain, row->chain);
    *fault = *fault == AUDIT_SOUND && !is_same ? AUDIT_FORKED : *fault;
    TRY(audit_checkpoint_walk(tx, head.position, 1, &checkpoints));
    *ret_signed = checkpoints.count > 0;
    return OK;
}

static struct err look_at(struct tx *tx, struct tx *of_range, const struct audit_row *row,
                          struct audit_range *range) {
    enum audit_fault fault = AUDIT_SOUND;
    bool is_signed = false;
    struct arena *kept = of_range->cx->arena;
    TRY(judge(tx, row, &fault));
    TRY(look_at_head(tx, row, &is_signed, &fault));
    range->rows++;
    range->signed_rows += is_signed;
    if (fault != AUDIT_SOUND) {
        range->findings[range->count++] = (struct audit_range_finding){
            .chain = arena_str(kept, row->user_id),
            .id = arena_str(kept, id_str(&row->id)),
            .seq = row->seq,
            .fault = fault,
        };
    }
    return arena_failed(kept) ? ERR(ERR_NO_MEMORY) : OK;
}

/* The next rows, whose memory goes before those after them are read. */
static struct err look_at_some(struct tx *tx, struct arena *arena, struct audit_range *range) {
    struct row_list list;
    struct cx cx;
    cx_init(&cx, tx->cx->env, arena);
    struct tx inner = {.cx = &cx, .db = tx->db};
    struct audit_filter filter = range->filter;
    size_t left = range->max - (size_t)range->rows;
    size_t wanted = left < CHUNK ? left : CHUNK;
    filter.id_before = range->next.len > 0 ? range->next : filter.id_before;
    TRY(audit_row_page(&inner, &filter, wanted, &list));
    const struct audit_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(look_at(&inner, tx, &rows[i], range));
    }
    bool is_over = list.count < wanted;
    range->next = is_over ? STR("") : arena_str(tx->cx->arena, id_str(&rows[list.count - 1].id));
    return OK;
}

struct err audit_range_verify(struct tx *tx, struct audit_range *range) {
    struct arena arena;
    struct err err = OK;
    check(range->max > 0 && range->max <= AUDIT_RANGE_MAX);
    range->rows = range->signed_rows = 0;
    range->count = 0;
    range->next = STR("");
    range->findings = arena_array(tx->cx->arena, range->max, sizeof *range->findings);
    if (range->findings == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    arena_init(&arena, tx->cx->env, CHUNK_MEMORY);
    do {
        arena_reset(&arena);
        err = look_at_some(tx, &arena, range);
    } while (!err_failed(err) && range->next.len > 0 && (size_t)range->rows < range->max);
    arena_finish(&arena);
    return err;
}
