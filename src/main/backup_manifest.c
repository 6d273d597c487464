/* Files measured and copied, and the manifest as a shape. */
#include "base/crypto.h"
#include "base/env.h"
#include "base/shape.h"
#include "main/backup.h"

enum { FORMAT = 1, MANIFEST_MAX = 64 * 1024, PIECE = 1024 * 1024 };

/* --- the manifest --- */

struct manifest_text {
    int64_t format, taken_at, incarnation;
    struct str installation;
    bool has_keys_apart;
    struct shape_list files; /* struct backup_file */
};

static const struct shape_field file_fields[] = {
    {"name", "In the folder", SHAPE_STR, .offset = offsetof(struct backup_file, name), .min = 1,
     .max = 100, .allowed = "abcdefghijklmnopqrstuvwxyz."},
    {"bytes", "Its size", SHAPE_I64, .offset = offsetof(struct backup_file, bytes), .min = 1,
     .max = INT64_MAX},
    {"sha256", "Of its content", SHAPE_STR, .offset = offsetof(struct backup_file, sha256),
     .min = SHA256_HEX, .max = SHA256_HEX, .allowed = "0123456789abcdef"},
};
static const struct shape file_shape =
    SHAPE("BackupFile", "A copy of a database", struct backup_file, file_fields);
static const struct shape_field file_item = {.kind = SHAPE_OBJECT, .of = &file_shape};
#define AT(member) offsetof(struct manifest_text, member)
static const struct shape_field manifest_fields[] = {
    {"format", "Of this file", SHAPE_I64, .offset = AT(format), .min = FORMAT, .max = FORMAT},
    {"takenAt", "What stood at this instant", SHAPE_INSTANT, .offset = AT(taken_at)},
    {"installation", "Whose it is", SHAPE_STR, .offset = AT(installation), .min = 1, .max = 64},
    {"incarnation", "How often that was restored, and once", SHAPE_I64, .offset = AT(incarnation),
     .min = 1, .max = INT64_MAX},
    {"keysApart", "The keys are not in it, but in a file of their own", SHAPE_BOOL,
     .offset = AT(has_keys_apart), .flags = SHAPE_OPTIONAL},
    {"files", "The copies", SHAPE_LIST, .offset = AT(files), .min = 1, .max = BACKUP_FILES_MAX,
     .item = &file_item, .item_size = sizeof(struct backup_file)},
};
#undef AT
static const struct shape manifest_shape =
    SHAPE("BackupManifest", "What a backup consists of", struct manifest_text, manifest_fields);

static struct err write_new(struct cx *cx, const char *path, struct str content) {
    const struct env_files *files = &cx->env->files;
    struct env_file *file = NULL;
    struct err err = files->open(cx->env, path, ENV_WRITE_NEW, &file);
    if (!err_failed(err)) {
        err = files->write(file, 0, content.bytes, content.len);
        err = err_failed(err) ? err : files->sync(file);
        files->close(file);
    }
    return err_failed(err)
               ? cx_fail(cx, err, "%s cannot be written (%s).", path, err_name(err.code))
               : OK;
}

struct err backup_write_manifest(struct cx *cx, const char *path,
                                 const struct backup_manifest *manifest) {
    struct backup_manifest copy = *manifest;
    const struct manifest_text text = {
        .format = FORMAT,
        .taken_at = manifest->taken_at,
        .incarnation = manifest->incarnation,
        .installation = manifest->installation,
        .has_keys_apart = manifest->has_keys_apart,
        .files = {copy.files, copy.file_count},
    };
    return write_new(cx, path, shape_text(&manifest_shape, &text, cx->arena));
}

static struct err decode(struct cx *cx, const char *path, struct str content,
                         struct manifest_text *ret_text) {
    struct json_problem problem;
    struct shape_errors errors = {.count = 0};
    CLEANUP(json_release) json_t *json = json_read(content, &problem);
    if (json == NULL || !shape_decode(&manifest_shape, json, cx->arena, ret_text, &errors)) {
        return cx_fail(cx, ERR(ERR_FORMAT), "%s is not the manifest of a backup: " STR_FMT ".",
                       path,
                       STR_ARG(errors.count > 0 ? errors.list[0].path : STR("it is not JSON")));
    }
    return OK;
}

struct err backup_read_manifest(struct cx *cx, const char *path,
                                struct backup_manifest *ret_manifest) {
    struct str content;
    struct manifest_text text = {0};
    struct err err = env_read_file(cx->env, path, MANIFEST_MAX, &content);
    if (err_failed(err)) {
        return cx_fail(cx, err, "%s cannot be read (%s): is this a backup?", path,
                       err_name(err.code));
    }
    err = decode(cx, path, content, &text);
    env_free(cx->env, (char *)(uintptr_t)content.bytes);
    TRY(err);
    struct backup_manifest manifest = {
        .format = text.format,
        .taken_at = text.taken_at,
        .installation = text.installation,
        .incarnation = text.incarnation,
        .has_keys_apart = text.has_keys_apart,
        .file_count = text.files.count,
    };
    for (size_t i = 0; i < text.files.count; i++) {
        manifest.files[i] = ((const struct backup_file *)text.files.items)[i];
    }
    *ret_manifest = manifest;
    return OK;
}

/* --- files --- */

/* Gives each piece of a file to `take`. */
static struct err read_through(struct cx *cx, const char *path,
                               struct err (*take)(void *context, uint64_t at, struct str piece),
                               void *context) {
    const struct env_files *files = &cx->env->files;
    struct env_file *file = NULL;
    char *piece = env_alloc(cx->env, PIECE);
    struct err err =
        piece == NULL ? ERR(ERR_NO_MEMORY) : files->open(cx->env, path, ENV_READ, &file);
    size_t len = PIECE;
    for (uint64_t at = 0; !err_failed(err) && len > 0; at += len) {
        err = files->read(file, at, piece, PIECE, &len);
        err = err_failed(err) || len == 0 ? err : take(context, at, str_of(piece, len));
    }
    if (file != NULL) {
        files->close(file);
    }
    env_free(cx->env, piece);
    return err_failed(err)
               ? cx_fail(cx, err, "%s cannot be copied or read (%s).", path, err_name(err.code))
               : OK;
}

struct measuring {
    struct sha256_stream stream;
    int64_t bytes;
};

static struct err measure_piece(void *context, uint64_t at, struct str piece) {
    struct measuring *measuring = context;
    (void)at;
    sha256_add(&measuring->stream, piece);
    measuring->bytes += (int64_t)piece.len;
    return OK;
}

struct err backup_measure(struct cx *cx, const char *path, struct backup_file *file) {
    struct measuring measuring = {.bytes = 0};
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    sha256_begin(&measuring.stream);
    TRY(read_through(cx, path, measure_piece, &measuring));
    sha256_end(&measuring.stream, hash);
    str_hex(hash, sizeof hash, hex);
    file->bytes = measuring.bytes;
    file->sha256 = arena_str(cx->arena, str_of(hex, sizeof hex));
    return OK;
}

struct copying {
    struct env *env;
    struct env_file *target;
};

static struct err copy_piece(void *context, uint64_t at, struct str piece) {
    struct copying *copying = context;
    return copying->env->files.write(copying->target, at, piece.bytes, piece.len);
}

struct err backup_copy_file(struct cx *cx, const char *from, const char *to) {
    const struct env_files *files = &cx->env->files;
    struct copying copying = {.env = cx->env};
    struct err err = files->open(cx->env, to, ENV_WRITE_NEW, &copying.target);
    if (err_failed(err)) {
        return cx_fail(cx, err, "%s cannot be made (%s).", to, err_name(err.code));
    }
    err = read_through(cx, from, copy_piece, &copying);
    if (!err_failed(err)) {
        err = files->sync(copying.target);
    }
    files->close(copying.target);
    return err;
}
