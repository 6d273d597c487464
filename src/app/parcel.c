#include "app/parcel.h"

#include <string.h>

#include "base/check.h"

enum {
    PIECE = 96 * 1024, /* of the file, in a row */
    PAGE_ARENA = 64 * 1024 * 1024,
    TEXT_MAX = 32 * 1024 * 1024,
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
    arena_finish(&parcel->arena);
    env_free(parcel->app->env, parcel);
}

struct err parcel_step(struct parcel *parcel) {
    struct arena arena;
    struct cx cx;
    if (parcel->is_over || parcel->in_hand > 0) {
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
    bool is_due = parcel->out.len >= PIECE || (parcel->is_over && !parcel->has_told_last);
    if (parcel->in_hand > 0 || !is_due) {
        return false;
    }
    size_t len = parcel->out.len > PIECE ? PIECE : parcel->out.len;
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
        .has_failed = parcel->size > parcel->kind->size_max,
        .size = parcel->size,
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
    };
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
