#include "app/audit_log.h"

#include <string.h>

#include "app/audit.h"
#include "base/check.h"
#include "store/setting.h"

enum {
    CHAINS_AT_ONCE = 200,
    ROWS_A_STEP = 5000, /* of all chains: others wait for the writer meanwhile */
    ROWS_AT_ONCE = 500,
    HEADS_AT_ONCE = 500,
    PAUSE_S = 60,
    PAUSE_S_MAX = 3600,
    PAUSES = 6, /* until the longest */
    ERROR_MAX = 500,
};

static const char keys_setting[] = "audit_public_keys";

/* --- texts of hashes --- */

static struct err not_ours(struct tx *tx) {
    return cx_fail(tx->cx, ERR(ERR_CORRUPT), "the audit log holds a hash that is none");
}

static struct err read_hash(struct tx *tx, struct str text, struct hash *ret_hash) {
    return str_unhex(text, ret_hash->bytes, SHA256_SIZE) ? OK : not_ours(tx);
}

static struct str hash_text(struct cx *cx, const struct hash *hash) {
    char hex[SHA256_HEX];
    str_hex(hash->bytes, SHA256_SIZE, hex);
    return arena_str(cx->arena, str_of(hex, sizeof hex));
}

static struct str edge_text(struct cx *cx, const struct merkle_edge *edge) {
    char hex[MERKLE_PEAKS_MAX * SHA256_HEX];
    size_t count = merkle_peaks(edge->size);
    for (size_t i = 0; i < count; i++) {
        str_hex(edge->peaks[i].bytes, SHA256_SIZE, hex + i * SHA256_HEX);
    }
    return arena_str(cx->arena, str_of(hex, count * SHA256_HEX));
}

static struct err read_edge(struct tx *tx, struct str text, int64_t size,
                            struct merkle_edge *ret_edge) {
    ret_edge->size = (uint64_t)size;
    size_t count = merkle_peaks(ret_edge->size);
    if (text.len != count * SHA256_HEX) {
        return not_ours(tx);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(read_hash(tx, str_of(text.bytes + i * SHA256_HEX, SHA256_HEX), &ret_edge->peaks[i]));
    }
    return OK;
}

/* --- telling the log --- */

/* All rows of the chain that the log has not heard of, onto its tree. */
static struct err follow_rows(struct tx *tx, struct audit_head_row *head,
                              struct merkle_edge *edge) {
    struct row_list list = {NULL, ROWS_AT_ONCE};
    while (list.count == ROWS_AT_ONCE) {
        TRY(audit_row_since(tx, head->user_id, head->seq, ROWS_AT_ONCE, &list));
        const struct audit_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            struct hash leaf;
            TRY(read_hash(tx, rows[i].leaf, &leaf));
            merkle_add(edge, &leaf);
            head->seq = rows[i].seq;
            head->chain = rows[i].chain;
        }
    }
    return OK;
}

static struct err tell_chain(struct tx *tx, struct str user_id, int64_t position) {
    struct audit_head_row head = {.user_id = user_id};
    struct merkle_edge *edge = ARENA_NEW(tx->cx->arena, struct merkle_edge);
    bool has_head = false;
    if (edge == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(audit_head_of(tx, user_id, &head, &has_head));
    if (has_head) {
        TRY(read_edge(tx, head.edge, head.seq, edge));
    }
    head.user_id = user_id;
    TRY(follow_rows(tx, &head, edge));
    struct hash root = merkle_root(edge);
    head.position = position;
    head.root = hash_text(tx->cx, &root);
    head.edge = edge_text(tx->cx, edge);
    TRY(audit_head_insert(tx, &head));
    return audit_pending_remove(tx, user_id);
}

/* --- signing --- */

static struct err head_leaf(struct tx *tx, const struct audit_head_row *row,
                            struct hash *ret_leaf) {
    char text[AUDIT_HEAD_MAX];
    struct audit_head head = {.chain = row->user_id, .seq = row->seq};
    TRY(read_hash(tx, row->chain, &head.hash));
    TRY(read_hash(tx, row->root, &head.root));
    *ret_leaf = merkle_leaf(str_of(text, audit_head_write(&head, text)));
    return OK;
}

/* The heads since the last checkpoint, onto the log's tree. */
static struct err follow_heads(struct tx *tx, struct merkle_edge *edge) {
    struct row_list list = {NULL, HEADS_AT_ONCE};
    while (list.count == HEADS_AT_ONCE) {
        TRY(audit_head_walk(tx, (int64_t)edge->size - 1, HEADS_AT_ONCE, &list));
        const struct audit_head_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            struct hash leaf;
            TRY(head_leaf(tx, &rows[i], &leaf));
            merkle_add(edge, &leaf);
        }
    }
    return OK;
}

static struct err order_shipments(const struct audit_signer *signer, struct tx *tx, int64_t size) {
    for (size_t i = 0; i < signer->sink_count; i++) {
        const struct audit_shipment_row row = {
            .size = size,
            .sink = signer->sinks[i],
            .next_attempt_at = cx_now_ms(tx->cx),
            .shipped_at = ROW_NONE,
            .last_error = STR(""),
        };
        TRY(audit_shipment_insert(tx, &row));
    }
    return OK;
}

static struct str note_of(struct cx *cx, const struct audit_signer *signer,
                          const struct merkle_edge *edge) {
    char body[AUDIT_NOTE_MAX];
    char note[AUDIT_NOTE_MAX];
    uint8_t signature[SIGN_SIZE];
    const struct audit_checkpoint checkpoint = {signer->origin, edge->size, merkle_root(edge)};
    struct str text = str_of(body, audit_checkpoint_write(&checkpoint, body));
    sign(&signer->key, text, signature);
    size_t len = audit_note_write(text, signer->key.public_key, signature, note);
    return arena_str(cx->arena, str_of(note, len));
}

static struct err sign_log(const struct audit_signer *signer, struct tx *tx) {
    struct audit_checkpoint_row last = {.size = 0};
    struct merkle_edge *edge = ARENA_NEW(tx->cx->arena, struct merkle_edge);
    bool has_last = false;
    if (edge == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(audit_checkpoint_last(tx, &last, &has_last));
    if (has_last) {
        TRY(read_edge(tx, last.edge, last.size, edge));
    }
    TRY(follow_heads(tx, edge));
    if ((int64_t)edge->size == last.size) {
        return OK; /* nothing was told since */
    }
    const struct audit_checkpoint_row row = {
        .size = (int64_t)edge->size,
        .at = cx_now_ms(tx->cx),
        .note = note_of(tx->cx, signer, edge),
        .edge = edge_text(tx->cx, edge),
    };
    TRY(audit_checkpoint_insert(tx, &row));
    return order_shipments(signer, tx, row.size);
}

struct err audit_log_sign(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list list;
    int64_t position = 0;
    *ret_has_more = false;
    if (app->audit_signer == NULL) {
        return OK;
    }
    TRY(audit_head_count(tx, &position));
    TRY(audit_pending_page(tx, CHAINS_AT_ONCE + 1, &list));
    const struct audit_pending_row *rows = list.items;
    size_t told = 0;
    int64_t row_count = 0;
    while (told < list.count && told < CHAINS_AT_ONCE && row_count < ROWS_A_STEP) {
        row_count += rows[told].count;
        TRY(tell_chain(tx, rows[told].user_id, position++));
        told++;
    }
    *ret_has_more = told < list.count;
    return *ret_has_more ? OK : sign_log(app->audit_signer, tx);
}

struct err audit_log_due_at(const struct app *app, struct tx *tx, struct instant *ret_at) {
    struct audit_checkpoint_row last = {.at = 0};
    bool has_last = false;
    int64_t count = 0;
    *ret_at = INSTANT_MAX;
    if (app->audit_signer == NULL) {
        return OK;
    }
    TRY(audit_pending_count(tx, &count));
    TRY(audit_checkpoint_last(tx, &last, &has_last));
    if (count > 0) {
        bool is_due = count >= AUDIT_ROWS_DUE || !has_last;
        *ret_at = is_due ? app_now(app) : instant_add((struct instant){last.at}, duration_hours(1));
    }
    return OK;
}

struct err audit_checkpoints_read(struct tx *tx, int64_t before, size_t max,
                                  struct row_list *ret_list) {
    return audit_checkpoint_page(tx, before, max, ret_list);
}

struct err audit_shipments_read(struct tx *tx, int64_t size, struct row_list *ret_list) {
    return audit_shipment_of(tx, size, AUDIT_SINKS_MAX, ret_list);
}

/* --- keys --- */

struct err audit_log_keys(struct tx *tx, struct str *ret_keys) {
    return setting_get(tx, keys_setting, ret_keys);
}

static bool is_listed(struct str keys, struct str key) {
    while (keys.len > 0) {
        if (str_equal(str_cut(&keys, '\n'), key)) {
            return true;
        }
    }
    return false;
}

struct err audit_log_keep_key(const struct app *app, struct tx *tx) {
    char text[AUDIT_KEY_TEXT_MAX];
    const struct audit_signer *signer = app->audit_signer;
    struct str keys;
    struct str key = str_of(text, audit_key_write(signer->origin, signer->key.public_key, text));
    TRY(audit_log_keys(tx, &keys));
    if (is_listed(keys, key)) {
        return OK;
    }
    return setting_put(
        tx, keys_setting,
        arena_printf(tx->cx->arena, STR_FMT STR_FMT "\n", STR_ARG(keys), STR_ARG(key)));
}

/* --- on their way --- */

struct err audit_shipment_read(struct tx *tx, struct instant now,
                               struct audit_shipment_row *ret_row, struct str *ret_note,
                               bool *ret_found) {
    struct row_list list;
    struct audit_checkpoint_row checkpoint;
    bool is_found = false;
    TRY(audit_shipment_waiting(tx, now.ms, 1, &list));
    *ret_found = list.count > 0;
    if (!*ret_found) {
        return OK;
    }
    *ret_row = *(const struct audit_shipment_row *)list.items;
    TRY(audit_checkpoint_get(tx, ret_row->size, &checkpoint, &is_found));
    if (!is_found) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "a checkpoint that is to be sent is not there");
    }
    *ret_note = checkpoint.note;
    return OK;
}

struct err audit_shipment_due_at(struct tx *tx, struct instant *ret_at) {
    int64_t at = ROW_NONE;
    TRY(audit_shipment_next(tx, &at));
    *ret_at = at == ROW_NONE ? INSTANT_MAX : (struct instant){at};
    return OK;
}

static int64_t pause_ms(int64_t attempts) {
    int64_t seconds = attempts < PAUSES ? (int64_t)PAUSE_S << attempts : PAUSE_S_MAX;
    return seconds * 1000;
}

static struct err run_settle(struct command *command, struct tx *tx) {
    struct audit_shipped *shipped = (struct audit_shipped *)command;
    struct audit_shipment_row row = shipped->row;
    int64_t now = cx_now_ms(tx->cx);
    bool is_there = shipped->error.len == 0;
    row.shipped_at = is_there ? now : ROW_NONE;
    row.next_attempt_at = is_there ? now : now + pause_ms(row.attempts);
    row.last_error = str_first(shipped->error, ERROR_MAX);
    row.attempts++;
    return audit_shipment_update(tx, &row);
}

void audit_shipment_settle(struct app *app, struct audit_shipped *shipped) {
    shipped->command.run = run_settle;
    shipped->command.after = NULL;
    command_submit_with(app, &shipped->command, COMMAND_TOTALS_OF, STR(""));
}
