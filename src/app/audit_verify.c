#include "app/audit_verify.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "store/audit.h"

enum {
    PAGE = 1000,
    PAGE_MEMORY = 64 * 1024 * 1024,
    PROGRESS_ROWS = 50 * 1000,
    KEPT_MAX = 10 * 1000,
};

/* --- keys and notes --- */

bool audit_keys_read(struct str text, struct audit_keys *ret_keys) {
    struct audit_keys keys = {.count = 0};
    while (text.len > 0) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (line.len == 0) {
            continue;
        }
        if (keys.count == AUDIT_KEYS_MAX ||
            !audit_key_read(line, &keys.origins[keys.count], keys.keys[keys.count])) {
            return false;
        }
        keys.count++;
    }
    *ret_keys = keys;
    return true;
}

struct err audit_keys_that_count(struct tx *tx, struct str public_keys,
                                 struct audit_keys *ret_keys) {
    struct str text = public_keys;
    if (text.len == 0) {
        TRY(audit_log_keys(tx, &text));
    }
    return audit_keys_read(text, ret_keys)
               ? OK
               : cx_fail(tx->cx, ERR(ERR_FORMAT),
                         "A public key is none: expected turnpike/inst_…+12345678+….");
}

bool audit_signed_read(struct str *text, const struct audit_keys *keys,
                       struct audit_note *ret_note) {
    for (size_t i = 0; i < keys->count; i++) {
        struct str rest = *text;
        struct audit_note note;
        if (audit_note_read(&rest, keys->keys[i], &note) &&
            str_equal(note.checkpoint.origin, keys->origins[i]) &&
            sign_verify(keys->keys[i], note.body, note.signature)) {
            *ret_note = note;
            *text = rest;
            return true;
        }
    }
    return false;
}

/* --- what is found --- */

static struct audit_finding *find(struct audit_verify *verify, enum audit_place place,
                                  int64_t number, enum audit_fault fault) {
    size_t at = verify->count < AUDIT_FINDINGS_MAX ? verify->count : AUDIT_FINDINGS_MAX - 1;
    struct audit_finding *finding = &verify->findings[at];
    verify->count++;
    *finding = (struct audit_finding){.place = place, .number = number, .fault = fault};
    (void)snprintf(finding->what, sizeof finding->what, "%s", audit_fault_text(fault));
    return finding;
}

/* --- reading in pages, whose memory goes with the next one --- */

struct pages {
    struct tx *tx; /* of the caller */
    struct cx cx;
    struct arena arena;
    struct row_list list;
    size_t next;
    bool is_over;
    char user_id[AUDIT_CHAIN_NAME_MAX + 1]; /* where the page ended */
    int64_t seq;
};

typedef struct err read_page(struct pages *pages, struct tx *tx);

static void pages_begin(struct pages *pages, struct tx *tx) {
    memset(pages, 0, sizeof *pages);
    pages->tx = tx;
    arena_init(&pages->arena, tx->cx->env, PAGE_MEMORY);
    cx_init(&pages->cx, tx->cx->env, &pages->arena);
}

static void pages_end(struct pages *pages) {
    arena_finish(&pages->arena);
}

/* The next item, or NULL at the end. */
static struct err turn(struct pages *pages, read_page *read, size_t size, const void **ret_item) {
    if (pages->next == pages->list.count && !pages->is_over) {
        struct tx tx = {.cx = &pages->cx, .db = pages->tx->db};
        arena_reset(&pages->arena);
        struct err err = read(pages, &tx);
        if (err_failed(err)) {
            return cx_fail(pages->tx->cx, err, "The audit log cannot be read: %s",
                           pages->cx.detail);
        }
        pages->next = 0;
        pages->is_over = pages->list.count < PAGE;
    }
    *ret_item = pages->next < pages->list.count
                    ? (const char *)pages->list.items + pages->next * size
                    : NULL;
    return OK;
}

static void keep_place(struct pages *pages, struct str user_id, int64_t seq) {
    struct str name = str_first(user_id, AUDIT_CHAIN_NAME_MAX);
    (void)snprintf(pages->user_id, sizeof pages->user_id, STR_FMT, STR_ARG(name));
    pages->seq = seq;
}

static struct err read_rows(struct pages *pages, struct tx *tx) {
    TRY(audit_row_walk(tx, str_from_cstr(pages->user_id), pages->seq, PAGE, &pages->list));
    const struct audit_row *rows = pages->list.items;
    if (pages->list.count > 0) {
        const struct audit_row *last = &rows[pages->list.count - 1];
        keep_place(pages, last->user_id, last->seq);
    }
    return OK;
}

static struct err read_heads(struct pages *pages, struct tx *tx) {
    TRY(audit_head_walk_by_user(tx, str_from_cstr(pages->user_id), pages->seq, PAGE, &pages->list));
    const struct audit_head_row *rows = pages->list.items;
    if (pages->list.count > 0) {
        const struct audit_head_row *last = &rows[pages->list.count - 1];
        keep_place(pages, last->user_id, last->seq);
    }
    return OK;
}

static struct err read_log(struct pages *pages, struct tx *tx) {
    TRY(audit_head_walk(tx, pages->seq, PAGE, &pages->list));
    const struct audit_head_row *rows = pages->list.items;
    if (pages->list.count > 0) {
        pages->seq = rows[pages->list.count - 1].position;
    }
    return OK;
}

/* --- chains --- */

/* A hash that is none is one that nothing gives. */
static struct hash hash_of(struct str text) {
    struct hash hash = {{0}};
    return str_unhex(text, hash.bytes, SHA256_SIZE) ? hash : (struct hash){{0}};
}

struct chains {
    struct audit_verify *verify;
    struct pages rows, heads;
    char name[AUDIT_CHAIN_NAME_MAX + 1];
    struct audit_check *check;
};

static struct err next_row(struct chains *chains, const struct audit_row **ret_row) {
    const void *item = NULL;
    TRY(turn(&chains->rows, read_rows, sizeof(struct audit_row), &item));
    *ret_row = item;
    return OK;
}

static struct err next_head(struct chains *chains, const struct audit_head_row **ret_head) {
    const void *item = NULL;
    TRY(turn(&chains->heads, read_heads, sizeof(struct audit_head_row), &item));
    *ret_head = item;
    return OK;
}

static void look_at_row(struct chains *chains, const struct audit_row *row) {
    struct audit_verify *verify = chains->verify;
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
    audit_check_row(chains->check, &stored);
    verify->rows++;
    if (verify->progress != NULL && verify->rows % PROGRESS_ROWS == 0) {
        verify->progress(verify->context, verify->rows);
    }
}

static void look_at_head(struct chains *chains, const struct audit_head_row *row) {
    const struct audit_head head = {
        .chain = chains->check->chain,
        .seq = row->seq,
        .hash = hash_of(row->chain),
        .root = hash_of(row->root),
    };
    audit_check_head(chains->check, &head);
}

static bool is_of(struct str user_id, const char *name) {
    return str_equal(user_id, str_from_cstr(name));
}

/* Rows and heads of one chain, each head once the row that it names has been seen. */
static struct err look_at_chain(struct chains *chains) {
    const struct audit_row *row = NULL;
    const struct audit_head_row *head = NULL;
    int64_t last = 0;
    TRY(next_row(chains, &row));
    TRY(next_head(chains, &head));
    for (;;) {
        bool has_row = row != NULL && is_of(row->user_id, chains->name);
        bool has_head = head != NULL && is_of(head->user_id, chains->name);
        if (has_head && (head->seq <= last || !has_row)) {
            look_at_head(chains, head);
            chains->heads.next++;
            TRY(next_head(chains, &head));
        } else if (has_row) {
            last = row->seq;
            look_at_row(chains, row);
            chains->rows.next++;
            TRY(next_row(chains, &row));
        } else {
            return OK;
        }
    }
}

static void conclude_chain(struct chains *chains) {
    const struct audit_check *check = chains->check;
    if (check->fault != AUDIT_SOUND) {
        struct audit_finding *finding =
            find(chains->verify, AUDIT_IN_CHAIN, check->fault_seq, check->fault);
        memcpy(finding->chain, chains->name, sizeof finding->chain);
    }
}

/* The one that comes first; false at the end. */
static struct err next_chain(struct chains *chains, bool *ret_has_chain) {
    const struct audit_row *row = NULL;
    const struct audit_head_row *head = NULL;
    TRY(next_row(chains, &row));
    TRY(next_head(chains, &head));
    *ret_has_chain = row != NULL || head != NULL;
    if (!*ret_has_chain) {
        return OK;
    }
    bool is_head_first =
        row == NULL || (head != NULL && str_compare(head->user_id, row->user_id) < 0);
    struct str name = is_head_first ? head->user_id : row->user_id;
    if (name.len > AUDIT_CHAIN_NAME_MAX) {
        return cx_fail(chains->rows.tx->cx, ERR(ERR_CORRUPT),
                       "a chain has a name of %zu bytes: that is none of ours", name.len);
    }
    (void)snprintf(chains->name, sizeof chains->name, STR_FMT, STR_ARG(name));
    return OK;
}

static struct err verify_chains(struct tx *tx, struct audit_verify *verify, struct chains *chains) {
    bool has_chain = true;
    TRY(next_chain(chains, &has_chain));
    while (has_chain) {
        memset(chains->check, 0, sizeof *chains->check);
        chains->check->chain = str_from_cstr(chains->name);
        TRY(look_at_chain(chains));
        conclude_chain(chains);
        verify->chains++;
        TRY(next_chain(chains, &has_chain));
    }
    return audit_pending_count(tx, &verify->unsigned_rows);
}

/* --- the log --- */

/* What was signed of a size: here, and elsewhere. */
struct signed_sizes {
    struct audit_verify *verify;
    struct tx *tx;
    struct merkle_edge *edge;
    struct audit_keys keys;
    const struct audit_checkpoint *kept; /* by size */
    size_t kept_count, kept_next;
    int64_t agreed; /* the largest size of a kept one that is as it was */
};

static void compare_kept(struct signed_sizes *sizes) {
    struct hash root = merkle_root(sizes->edge);
    for (; sizes->kept_next < sizes->kept_count &&
           sizes->kept[sizes->kept_next].size == sizes->edge->size;
         sizes->kept_next++) {
        if (hash_equal(&sizes->kept[sizes->kept_next].root, &root)) {
            sizes->agreed = (int64_t)sizes->edge->size;
            continue;
        }
        struct audit_finding *finding =
            find(sizes->verify, AUDIT_AT_KEPT, (int64_t)sizes->edge->size, AUDIT_FORKED);
        (void)snprintf(finding->what, sizeof finding->what,
                       "the checkpoint that was kept says something else: the history between "
                       "%lld heads and here was written anew",
                       (long long)sizes->agreed);
    }
}

static void compare_stored(struct signed_sizes *sizes, const struct audit_checkpoint_row *row) {
    struct hash root = merkle_root(sizes->edge);
    struct audit_note note;
    struct str text = row->note;
    if (!audit_signed_read(&text, &sizes->keys, &note)) {
        struct audit_finding *finding =
            find(sizes->verify, AUDIT_AT_CHECKPOINT, row->size, AUDIT_CHANGED);
        (void)snprintf(finding->what, sizeof finding->what,
                       "its signature does not hold under any key that counts");
    } else if ((int64_t)note.checkpoint.size != row->size ||
               !hash_equal(&note.checkpoint.root, &root)) {
        (void)find(sizes->verify, AUDIT_AT_CHECKPOINT, row->size, AUDIT_FORKED);
    }
}

static struct err look_at_size(struct signed_sizes *sizes) {
    struct audit_checkpoint_row row;
    bool is_found = false;
    TRY(audit_checkpoint_get(sizes->tx, (int64_t)sizes->edge->size, &row, &is_found));
    if (is_found) {
        compare_stored(sizes, &row);
        sizes->verify->checkpoints++;
    }
    compare_kept(sizes);
    return OK;
}

static struct hash leaf_of(const struct audit_head_row *row) {
    char text[AUDIT_HEAD_MAX];
    const struct audit_head head = {
        .chain = str_first(row->user_id, AUDIT_CHAIN_NAME_MAX),
        .seq = row->seq,
        .hash = hash_of(row->chain),
        .root = hash_of(row->root),
    };
    return merkle_leaf(str_of(text, audit_head_write(&head, text)));
}

static struct err follow_log(struct signed_sizes *sizes, struct pages *log,
                             const struct row_list *stored) {
    const struct audit_checkpoint_row *checkpoints = stored->items;
    size_t next = 0;
    const void *item = NULL;
    TRY(turn(log, read_log, sizeof(struct audit_head_row), &item));
    while (item != NULL) {
        const struct audit_head_row *row = item;
        if (row->position != (int64_t)sizes->edge->size) {
            (void)find(sizes->verify, AUDIT_IN_LOG, (int64_t)sizes->edge->size, AUDIT_MISSING);
            return OK;
        }
        struct hash leaf = leaf_of(row);
        merkle_add(sizes->edge, &leaf);
        sizes->verify->heads++;
        log->next++;
        bool is_signed =
            next < stored->count && checkpoints[next].size == (int64_t)sizes->edge->size;
        if (is_signed) {
            next++;
        }
        if (is_signed || (sizes->kept_next < sizes->kept_count &&
                          sizes->kept[sizes->kept_next].size == sizes->edge->size)) {
            TRY(look_at_size(sizes));
        }
        TRY(turn(log, read_log, sizeof(struct audit_head_row), &item));
    }
    for (; next < stored->count; next++) {
        (void)find(sizes->verify, AUDIT_AT_CHECKPOINT, checkpoints[next].size, AUDIT_CUT);
    }
    return OK;
}

static void report_longer(struct signed_sizes *sizes) {
    for (; sizes->kept_next < sizes->kept_count; sizes->kept_next++) {
        int64_t size = (int64_t)sizes->kept[sizes->kept_next].size;
        struct audit_finding *finding = find(sizes->verify, AUDIT_AT_KEPT, size, AUDIT_CUT);
        (void)snprintf(finding->what, sizeof finding->what,
                       "it signed %lld heads, and the log has %lld: its end was cut off",
                       (long long)size, (long long)sizes->edge->size);
    }
}

/* --- what was kept elsewhere --- */

static void insert_by_size(struct audit_checkpoint *list, size_t count,
                           const struct audit_checkpoint *item) {
    size_t at = count;
    while (at > 0 && list[at - 1].size > item->size) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = *item;
}

static struct err read_kept(struct tx *tx, struct audit_verify *verify,
                            struct signed_sizes *sizes) {
    struct str rest = verify->kept;
    struct audit_checkpoint *list = arena_array(tx->cx->arena, KEPT_MAX, sizeof *list);
    size_t count = 0;
    if (list == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    while (rest.len > 0) {
        struct audit_note note;
        if (count == KEPT_MAX || !audit_signed_read(&rest, &sizes->keys, &note)) {
            return cx_fail(tx->cx, ERR(ERR_FORMAT),
                           "Note %zu of the checkpoints that were kept is none that a key of this "
                           "log has signed.",
                           count + 1);
        }
        insert_by_size(list, count++, &note.checkpoint);
    }
    sizes->kept = list;
    sizes->kept_count = count;
    verify->kept_count = (int64_t)count;
    return OK;
}

static struct err verify_log(struct tx *tx, struct audit_verify *verify) {
    struct signed_sizes sizes = {.verify = verify, .tx = tx};
    struct row_list stored;
    CLEANUP(pages_end) struct pages log;
    pages_begin(&log, tx);
    log.seq = -1;
    sizes.edge = ARENA_NEW(tx->cx->arena, struct merkle_edge);
    if (sizes.edge == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(audit_keys_that_count(tx, verify->public_keys, &sizes.keys));
    TRY(read_kept(tx, verify, &sizes));
    TRY(audit_checkpoint_walk(tx, 0, SIZE_MAX / sizeof(struct audit_checkpoint_row), &stored));
    compare_kept(&sizes);
    TRY(follow_log(&sizes, &log, &stored));
    report_longer(&sizes);
    return OK;
}

struct err audit_verify(struct tx *tx, struct audit_verify *verify) {
    struct chains *chains = ARENA_NEW(tx->cx->arena, struct chains);
    if (chains == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    chains->verify = verify;
    chains->check = ARENA_NEW(tx->cx->arena, struct audit_check);
    if (chains->check == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    pages_begin(&chains->rows, tx);
    pages_begin(&chains->heads, tx);
    struct err err = verify_chains(tx, verify, chains);
    pages_end(&chains->rows);
    pages_end(&chains->heads);
    return err_failed(err) ? err : verify_log(tx, verify);
}
