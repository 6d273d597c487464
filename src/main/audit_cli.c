/* `turnpike audit …`: reads the store beside a server that may be running. */
#include <stdio.h>
#include <string.h>

#include "app/audit_export.h"
#include "app/audit_prove.h"
#include "main/serve.h"
#include "store/schema.h"

enum { FILE_MAX = 64 * 1024 * 1024, PAGE = 500, PAGE_MEMORY = 32 * 1024 * 1024 };

/* One snapshot for all that is read. */
static struct err open_store(struct cx *cx, const char *data_dir, struct db **ret_db) {
    const char *path = arena_printf(cx->arena, "%s/turnpike.db", data_dir).bytes;
    struct db *db = NULL;
    TRY(store_open(cx, path, true, &db));
    struct err err = db_begin(db);
    if (err_failed(err)) {
        db_close(db);
        return cx_fail(cx, err, "The store in %s cannot be read.", data_dir);
    }
    *ret_db = db;
    return OK;
}

static void close_store(struct db *db) {
    db_rollback(db);
    db_close(db);
}

static struct err read_file(struct cx *cx, const char *path, struct str *ret_text) {
    struct str text;
    *ret_text = STR("");
    if (path == NULL) {
        return OK;
    }
    struct err err = env_read_file(cx->env, path, FILE_MAX, &text);
    if (err_failed(err)) {
        return cx_fail(cx, err, "The file %.200s cannot be read (%s).", path, err_name(err.code));
    }
    *ret_text = arena_str(cx->arena, text);
    env_free(cx->env, (char *)(uintptr_t)text.bytes);
    return OK;
}

/* --- verify --- */

static const char *place_name(enum audit_place place) {
    static const char *const names[] = {
        [AUDIT_IN_CHAIN] = "row",
        [AUDIT_IN_LOG] = "head",
        [AUDIT_AT_CHECKPOINT] = "checkpoint",
        [AUDIT_AT_KEPT] = "kept checkpoint",
    };
    return names[place];
}

static struct err describe(struct cx *cx, const struct audit_verify *verify,
                           struct cli_audit_report *ret_report) {
    size_t shown = verify->count < AUDIT_FINDINGS_MAX ? verify->count : AUDIT_FINDINGS_MAX;
    struct cli_audit_finding *findings = arena_array(cx->arena, shown + 1, sizeof *findings);
    for (size_t i = 0; findings != NULL && i < shown; i++) {
        const struct audit_finding *finding = &verify->findings[i];
        findings[i] = (struct cli_audit_finding){
            .place = place_name(finding->place),
            .chain = arena_str(cx->arena, str_from_cstr(finding->chain)),
            .is_in_chain = finding->place == AUDIT_IN_CHAIN,
            .number = finding->number,
            .fault = audit_fault_name(finding->fault),
            .what = arena_str(cx->arena, str_from_cstr(finding->what)),
        };
    }
    if (findings == NULL || arena_failed(cx->arena)) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for what was found.");
    }
    *ret_report = (struct cli_audit_report){
        .rows = verify->rows,
        .chains = verify->chains,
        .heads = verify->heads,
        .checkpoints = verify->checkpoints,
        .kept = verify->kept_count,
        .unsigned_rows = verify->unsigned_rows,
        .findings = findings,
        .shown = shown,
        .count = verify->count,
    };
    return OK;
}

struct err audit_verify_run(struct cx *cx, const struct cli_audit *options,
                            struct cli_audit_report *ret_report) {
    struct db *db = NULL;
    struct audit_verify *verify = ARENA_NEW(cx->arena, struct audit_verify);
    if (verify == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    verify->public_keys = options->public_key;
    verify->progress = options->progress;
    verify->context = options->context;
    TRY(read_file(cx, options->checkpoint, &verify->kept));
    TRY(open_store(cx, options->data_dir, &db));
    struct tx tx = {.cx = cx, .db = db};
    struct err err = audit_verify(&tx, verify);
    close_store(db);
    return err_failed(err) ? err : describe(cx, verify, ret_report);
}

/* Of either kind: what it shows, or what is wrong with it. */
static struct err check_proof(struct cx *cx, struct str text, const struct audit_keys *keys,
                              struct str *ret_shown) {
    struct audit_proof *row = ARENA_NEW(cx->arena, struct audit_proof);
    struct audit_consistency *growth = ARENA_NEW(cx->arena, struct audit_consistency);
    if (row == NULL || growth == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    const char *complaint = NULL;
    if (!err_failed(audit_proof_read(cx, text, row))) {
        *ret_shown = STR("The row is in what was signed.");
        complaint = audit_proof_complaint(row, keys);
    } else {
        TRY(audit_consistency_read(cx, text, growth));
        *ret_shown = STR("What was signed earlier is the beginning of what was signed later.");
        complaint = audit_consistency_complaint(growth, keys);
    }
    return complaint == NULL ? OK : cx_fail(cx, ERR(ERR_CORRUPT), "%s", complaint);
}

/* Needs nothing but the proof and the key. */
struct err audit_check_run(struct cx *cx, const struct cli_audit *options, struct str *ret_shown) {
    struct str text;
    struct audit_keys *keys = ARENA_NEW(cx->arena, struct audit_keys);
    if (keys == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    if (!audit_keys_read(options->public_key, keys)) {
        return cx_fail(cx, ERR(ERR_FORMAT), "--public-key is none: turnpike/inst_…+12345678+….");
    }
    TRY(read_file(cx, options->proof, &text));
    return check_proof(cx, text, keys, ret_shown);
}

/* --- prove --- */

struct err audit_prove_run(struct cx *cx, const struct cli_audit *options, struct str *ret_text) {
    struct db *db = NULL;
    bool is_found = false;
    struct audit_proof *proof = ARENA_NEW(cx->arena, struct audit_proof);
    if (proof == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(open_store(cx, options->data_dir, &db));
    struct tx tx = {.cx = cx, .db = db};
    struct err err = audit_prove(&tx, options->id, proof, &is_found);
    close_store(db);
    TRY(err);
    if (!is_found) {
        return ERR(ERR_NOT_FOUND); /* cx->detail says why */
    }
    *ret_text = audit_proof_text(cx, proof);
    return arena_failed(cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

struct err audit_consistency_run(struct cx *cx, const struct cli_audit *options,
                                 struct str *ret_text) {
    struct db *db = NULL;
    struct str kept;
    struct audit_consistency *proof = ARENA_NEW(cx->arena, struct audit_consistency);
    struct audit_keys *keys = ARENA_NEW(cx->arena, struct audit_keys);
    if (proof == NULL || keys == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(read_file(cx, options->checkpoint, &kept));
    TRY(open_store(cx, options->data_dir, &db));
    struct tx tx = {.cx = cx, .db = db};
    struct err err = audit_keys_that_count(&tx, STR(""), keys);
    err = err_failed(err) ? err : audit_prove_consistency(&tx, kept, keys, proof);
    close_store(db);
    TRY(err);
    *ret_text = audit_consistency_text(cx, proof);
    return arena_failed(cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

struct err audit_keys_run(struct cx *cx, const struct cli_audit *options, struct str *ret_text) {
    struct db *db = NULL;
    TRY(open_store(cx, options->data_dir, &db));
    struct tx tx = {.cx = cx, .db = db};
    struct err err = audit_log_keys(&tx, ret_text);
    close_store(db);
    return err;
}

/* --- export --- */

struct place {
    char user_id[AUDIT_CHAIN_NAME_MAX + 1];
    int64_t seq;
};

static struct err export_page(struct tx *tx, const struct cli_audit *options, struct buf *out,
                              struct place *place, bool *ret_is_over) {
    enum audit_format format = options->is_csv ? AUDIT_CSV : AUDIT_JSONL;
    struct row_list list;
    TRY(audit_read_walk(tx, str_from_cstr(place->user_id), place->seq, PAGE, &list));
    const struct audit_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        audit_export_row(format, &rows[i], (struct str){NULL, 0}, out); /* needs no key */
    }
    *ret_is_over = list.count < PAGE;
    if (list.count > 0) {
        struct str name = str_first(rows[list.count - 1].user_id, AUDIT_CHAIN_NAME_MAX);
        (void)snprintf(place->user_id, sizeof place->user_id, STR_FMT, STR_ARG(name));
        place->seq = rows[list.count - 1].seq;
    }
    return out->has_failed ? ERR(ERR_NO_MEMORY) : OK;
}

static struct err export_all(struct cx *cx, struct db *db, const struct cli_audit *options,
                             struct buf *out) {
    struct arena arena;
    struct cx page;
    struct place place = {.seq = 0};
    bool is_over = false;
    struct err err = OK;
    arena_init(&arena, cx->env, PAGE_MEMORY);
    cx_init(&page, cx->env, &arena);
    struct tx tx = {.cx = &page, .db = db};
    audit_export_begin(options->is_csv ? AUDIT_CSV : AUDIT_JSONL, out);
    while (!err_failed(err) && !is_over) {
        err = export_page(&tx, options, out, &place, &is_over);
        options->put(options->context, buf_str(out));
        buf_clear(out);
        arena_reset(&arena);
    }
    arena_finish(&arena);
    return err_failed(err) ? cx_fail(cx, err, "The audit log cannot be read: %s", page.detail) : OK;
}

struct err audit_export_run(struct cx *cx, const struct cli_audit *options) {
    struct db *db = NULL;
    CLEANUP(buf_finish) struct buf out;
    buf_init(&out, cx->env, FILE_MAX);
    TRY(open_store(cx, options->data_dir, &db));
    struct err err = export_all(cx, db, options, &out);
    close_store(db);
    return err;
}
