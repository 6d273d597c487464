#include "main/backup_sealed.h"

#include <string.h>

#include "base/seal_stream.h"
#include "main/key_file.h"

/* A file begins with the mark and the stream's header; pieces follow, all but the last whole. */
static const char mark[] = "TPKBAK01";
enum {
    MARK = sizeof mark - 1,
    HEAD = MARK + SEAL_STREAM_HEADER,
    PIECE = 256 * 1024,
    SEALED_PIECE = PIECE + SEAL_STREAM_EXTRA,
};

struct crossing {
    struct env *env;
    struct env_file *from, *to;
    struct seal_stream stream;
    uint8_t *in, *out; /* SEALED_PIECE each */
    uint64_t size;     /* of `from` */
    uint64_t read, written;
};

static struct err read_some(struct crossing *crossing, size_t max, size_t *ret_len) {
    size_t len = 0;
    size_t got = 1;
    while (len < max && got > 0) {
        TRY(crossing->env->files.read(crossing->from, crossing->read, crossing->in + len, max - len,
                                      &got));
        len += got;
        crossing->read += got;
    }
    *ret_len = len;
    return OK;
}

static struct err write_some(struct crossing *crossing, const void *bytes, size_t len) {
    TRY(crossing->env->files.write(crossing->to, crossing->written, bytes, len));
    crossing->written += len;
    return OK;
}

static struct err seal_all(struct crossing *crossing, const struct kek_list *keys) {
    uint8_t head[HEAD];
    memcpy(head, mark, MARK);
    seal_stream_begin(&crossing->stream, keys->keys[0], head + MARK);
    TRY(write_some(crossing, head, sizeof head));
    bool is_last = false;
    while (!is_last) {
        size_t len = 0;
        TRY(read_some(crossing, PIECE, &len));
        is_last = crossing->read >= crossing->size;
        seal_stream_add(&crossing->stream, str_of((const char *)crossing->in, len), is_last,
                        crossing->out);
        TRY(write_some(crossing, crossing->out, len + SEAL_STREAM_EXTRA));
    }
    return OK;
}

/* Until the piece that says it is the last, or one that does not open. */
static struct err open_pieces(struct crossing *crossing, bool *ret_is_whole) {
    bool is_last = false;
    while (!is_last) {
        size_t len = 0;
        TRY(read_some(crossing, SEALED_PIECE, &len));
        if (!seal_stream_next(&crossing->stream, str_of((const char *)crossing->in, len),
                              crossing->out, &is_last)) {
            *ret_is_whole = false;
            return OK;
        }
        TRY(write_some(crossing, crossing->out, len - SEAL_STREAM_EXTRA));
    }
    *ret_is_whole = crossing->read == crossing->size;
    return OK;
}

static struct err open_all(struct crossing *crossing, const struct kek_list *keys) {
    uint8_t head[HEAD];
    size_t len = 0;
    bool is_whole = false;
    TRY(read_some(crossing, HEAD, &len));
    memcpy(head, crossing->in, HEAD);
    if (len < HEAD || memcmp(head, mark, MARK) != 0) {
        return ERR(ERR_FORMAT);
    }
    for (size_t i = 0; i < keys->count && !is_whole; i++) {
        crossing->read = HEAD;
        crossing->written = 0;
        if (seal_stream_open(&crossing->stream, keys->keys[i], head + MARK)) {
            TRY(open_pieces(crossing, &is_whole));
        }
    }
    return is_whole ? OK : ERR(ERR_FORMAT);
}

static struct err cross(struct crossing *crossing, const struct kek_list *keys, bool seals) {
    const struct env_files *files = &crossing->env->files;
    crossing->in = env_alloc(crossing->env, SEALED_PIECE);
    crossing->out = env_alloc(crossing->env, SEALED_PIECE);
    struct err err = crossing->in == NULL || crossing->out == NULL
                         ? ERR(ERR_NO_MEMORY)
                         : files->size(crossing->from, &crossing->size);
    if (!err_failed(err)) {
        err = seals ? seal_all(crossing, keys) : open_all(crossing, keys);
    }
    err = err_failed(err) ? err : files->sync(crossing->to);
    secret_wipe(&crossing->stream, sizeof crossing->stream);
    env_free(crossing->env, crossing->in);
    env_free(crossing->env, crossing->out);
    return err;
}

static struct err cross_files(struct cx *cx, const char *from, const char *to,
                              const struct kek_list *keys, bool seals) {
    const struct env_files *files = &cx->env->files;
    struct crossing crossing = {.env = cx->env};
    struct err err = files->open(cx->env, from, ENV_READ, &crossing.from);
    err = err_failed(err) ? err : files->open(cx->env, to, ENV_WRITE_NEW, &crossing.to);
    err = err_failed(err) ? err : cross(&crossing, keys, seals);
    if (crossing.from != NULL) {
        files->close(crossing.from);
    }
    if (crossing.to != NULL) {
        files->close(crossing.to);
        if (err_failed(err)) {
            (void)files->remove(cx->env, to).code;
        }
    }
    if (err.code == ERR_FORMAT) {
        return cx_fail(cx, err, "%.300s does not open with this --backup-key, or is damaged.",
                       from);
    }
    return err_failed(err)
               ? cx_fail(cx, err, "%.300s cannot be written (%s).", to, err_name(err.code))
               : OK;
}

static struct err with_key(struct cx *cx, const char *key_path, const char *from, const char *to,
                           bool seals) {
    struct kek_list *keys = secret_alloc(sizeof *keys);
    struct err err = keys == NULL ? ERR(ERR_NO_MEMORY) : key_file_read(cx, key_path, keys);
    err = err_failed(err) ? err : cross_files(cx, from, to, keys, seals);
    secret_free(keys);
    return err;
}

struct err backup_seal(struct cx *cx, const char *key_path, const char *from, const char *to) {
    return with_key(cx, key_path, from, to, true);
}

struct err backup_unseal(struct cx *cx, const char *key_path, const char *from, const char *to) {
    return with_key(cx, key_path, from, to, false);
}
