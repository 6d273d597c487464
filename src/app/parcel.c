#include "app/parcel.h"

#include <string.h>

#include "base/check.h"

enum {
    PAGE_ARENA = 64 * 1024 * 1024,
    TEXT_MAX = 32 * 1024 * 1024,
    URL_MAX = 2048,
    DROPPED_AT_ONCE = 16, /* pieces in a transaction, which others wait for */
};

struct err parcel_start(const struct parcel_kind *kind, struct app *app,
                        struct parcel **ret_parcel) {
    struct parcel *parcel = env_alloc_zeroed(app->env, kind->room);
    bool is_found = false;
    *ret_parcel = NULL;
    if (parcel == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    parcel->kind = kind;
    parcel->app = app;
    arena_init(&parcel->arena, app->env, LIMIT_REQUEST_ARENA);
    cx_init(&parcel->cx, app->env, &parcel->arena);
    buf_init(&parcel->text, app->env, TEXT_MAX);
    buf_init(&parcel->out, app->env, TEXT_MAX);
    buf_init(&parcel->fetch.url, app->env, URL_MAX);
    buf_init(&parcel->fetch.body, app->env, TEXT_MAX);
    sha256_begin(&parcel->hash);
    struct err err = kind->open(parcel, &is_found);
    if (err_failed(err) || !is_found) {
        parcel_destroy(parcel);
        return err;
    }
    *ret_parcel = parcel;
    return OK;
}

void parcel_destroy(struct parcel *parcel) {
    if (parcel == NULL) {
        return;
    }
    if (parcel->kind->close != NULL) {
        parcel->kind->close(parcel);
    }
    zip_destroy(parcel->zip);
    buf_finish(&parcel->text);
    buf_finish(&parcel->out);
    buf_finish(&parcel->fetch.url);
    buf_finish(&parcel->fetch.body);
    arena_finish(&parcel->arena);
    env_free(parcel->app->env, parcel);
}

struct err parcel_step(struct parcel *parcel) {
    struct arena arena;
    struct cx cx;
    if (parcel->is_over || parcel->in_hand > 0 || parcel_wants(parcel)) {
        return OK;
    }
    arena_init(&arena, parcel->app->env, PAGE_ARENA);
    cx_init(&cx, parcel->app->env, &arena);
    struct err err = parcel->zip == NULL ? zip_create(&cx, &parcel->out, &parcel->zip) : OK;
    err = err_failed(err) ? err : parcel->kind->step(parcel, &cx);
    if (err_failed(err)) {
        err = cx_fail(&parcel->cx, err, "%s", cx.detail);
    }
    arena_finish(&arena);
    return err;
}

/* --- pieces --- */

bool parcel_piece(struct parcel *parcel, struct parcel_keep *ret_keep) {
    bool is_due = parcel->out.len >= PARCEL_PIECE || (parcel->is_over && !parcel->has_told_last);
    if (parcel->in_hand > 0 || !is_due) {
        return false;
    }
    size_t len = parcel->out.len > PARCEL_PIECE ? PARCEL_PIECE : parcel->out.len;
    int64_t size_max = parcel->app->file_size_max;
    bool is_last = parcel->is_over && len == parcel->out.len;
    struct str body = str_of(parcel->out.bytes, len);
    sha256_add(&parcel->hash, body);
    parcel->size += (int64_t)len;
    parcel->in_hand = len;
    parcel->has_told_last = is_last;
    *ret_keep = (struct parcel_keep){
        .id = parcel->id,
        .subject = parcel->subject,
        .body = body,
        .number = parcel->piece++,
        .is_last = is_last,
        .has_failed = size_max > 0 && parcel->size > size_max,
        .size = parcel->size,
        .made = parcel->made,
        .missing = parcel->missing,
    };
    if (is_last) {
        uint8_t hash[SHA256_SIZE];
        sha256_end(&parcel->hash, hash);
        str_hex(hash, sizeof hash, ret_keep->sha256);
    }
    return true;
}

void parcel_kept(struct parcel *parcel) {
    buf_drop(&parcel->out, parcel->in_hand);
    parcel->in_hand = 0;
}

void parcel_fail(struct parcel *parcel, struct parcel_keep *ret_keep) {
    *ret_keep = (struct parcel_keep){
        .id = parcel->id,
        .subject = parcel->subject,
        .body = STR(""),
        .number = parcel->piece,
        .has_failed = true,
        .made = parcel->made,
        .missing = parcel->missing,
    };
}

/* --- what is fetched for it --- */

struct err parcel_want(struct parcel *parcel, struct str url, size_t max) {
    struct parcel_fetch *fetch = &parcel->fetch;
    buf_clear(&fetch->url);
    buf_clear(&fetch->body);
    buf_add(&fetch->url, url);
    fetch->max = max;
    fetch->status = 0;
    return fetch->url.has_failed ? ERR(ERR_TOO_LARGE) : OK;
}

bool parcel_wants(const struct parcel *parcel) {
    return parcel->fetch.url.len > 0;
}

void parcel_fetched(struct parcel *parcel, const struct env_http_answer *answer) {
    struct parcel_fetch *fetch = &parcel->fetch;
    fetch->err = answer->err;
    fetch->status = answer->status;
    buf_clear(&fetch->url);
    buf_add(&fetch->body, answer->body);
    if (!err_failed(fetch->err) && (fetch->body.has_failed || fetch->body.len > fetch->max)) {
        fetch->err = ERR(ERR_TOO_LARGE);
    }
}

/* --- once it is made --- */

struct err parcel_read(struct app *app, const struct parcel_span *span, struct buf *out) {
    struct arena arena CLEANUP(arena_finish);
    struct cx cx;
    struct str body;
    bool is_found = false;
    int64_t number = (int64_t)(span->at / PARCEL_PIECE);
    size_t skipped = (size_t)(span->at % PARCEL_PIECE);
    check(span->max > 0);
    arena_init(&arena, app->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, app->env, &arena);
    struct tx tx = app_read(app, &cx);
    TRY(span->kind->piece(&tx, span->id, number, &body, &is_found));
    if (!is_found || body.len <= skipped) {
        return ERR(ERR_NOT_FOUND);
    }
    buf_add(out, str_first(str_skip(body, skipped), span->max));
    return out->has_failed ? ERR(ERR_NO_MEMORY) : OK;
}

static struct err run_drop(struct command *command, struct tx *tx) {
    struct parcel_drop *drop = (struct parcel_drop *)command;
    int64_t rows = 0;
    TRY(drop->kind->drop(tx, DROPPED_AT_ONCE, &rows));
    drop->has_more = rows > 0;
    return OK;
}

void parcel_drop(struct app *app, struct parcel_drop *drop) {
    drop->has_more = false;
    drop->command.run = run_drop;
    drop->command.after = NULL;
    command_submit(app, &drop->command);
}

/* --- members --- */

struct err parcel_begin(struct parcel *parcel, struct parcel_member *member, struct str name) {
    check(parcel->member == NULL && name.len < sizeof member->name);
    *member = (struct parcel_member){.size = 0};
    memcpy(member->name, name.bytes, name.len);
    sha256_begin(&parcel->member_hash);
    parcel->member = member;
    return zip_begin(parcel->zip, member->name, parcel->made_at / 1000);
}

struct err parcel_flush(struct parcel *parcel) {
    if (parcel->text.has_failed) {
        return ERR(ERR_TOO_LARGE);
    }
    sha256_add(&parcel->member_hash, buf_str(&parcel->text));
    parcel->member->size += (int64_t)parcel->text.len;
    TRY(zip_add(parcel->zip, buf_str(&parcel->text)));
    buf_clear(&parcel->text);
    return OK;
}

struct err parcel_end(struct parcel *parcel) {
    uint8_t hash[SHA256_SIZE];
    TRY(parcel_flush(parcel));
    sha256_end(&parcel->member_hash, hash);
    str_hex(hash, sizeof hash, parcel->member->sha256);
    parcel->member = NULL;
    return zip_end(parcel->zip);
}

struct err parcel_add(struct parcel *parcel, struct parcel_member *member, struct str name) {
    TRY(parcel_begin(parcel, member, name));
    return parcel_end(parcel);
}

struct err parcel_finish(struct parcel *parcel) {
    TRY(zip_finish(parcel->zip));
    parcel->is_over = true;
    return OK;
}
