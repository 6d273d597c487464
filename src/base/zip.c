#include "base/zip.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/library.h"

#define FUNCTIONS(X)                                                                               \
    X(archive_write_new)                                                                           \
    X(archive_write_set_format_zip)                                                                \
    X(archive_write_set_bytes_per_block)                                                           \
    X(archive_write_open)                                                                          \
    X(archive_write_header)                                                                        \
    X(archive_write_data)                                                                          \
    X(archive_write_finish_entry)                                                                  \
    X(archive_write_close)                                                                         \
    X(archive_write_free)                                                                          \
    X(archive_entry_new)                                                                           \
    X(archive_entry_free)                                                                          \
    X(archive_entry_set_pathname)                                                                  \
    X(archive_entry_set_mtime)                                                                     \
    X(archive_entry_set_filetype)                                                                  \
    X(archive_entry_set_perm)

struct zip {
    struct env *env;
    struct buf *out;
    struct archive *archive;
#define X(name) __typeof__(&name) name;
    FUNCTIONS(X)
#undef X
};

static struct err load(struct cx *cx, struct zip *zip) {
    static const struct library_function functions[] = {
#define X(name) {#name, offsetof(struct zip, name)},
        FUNCTIONS(X)
#undef X
    };
    static const struct library archive = {"libarchive.so.13", "libarchive13", "A ZIP file"};
    return library_load(cx, &archive, functions, ARRAY_LEN(functions), zip);
}

static la_ssize_t write_out(struct archive *archive, void *context, const void *bytes, size_t len) {
    (void)archive;
    struct buf *out = context;
    buf_add(out, str_of(bytes, len));
    return out->has_failed ? -1 : (la_ssize_t)len;
}

/* Warnings, as of names in another alphabet, are no failures. */
static struct err err_of(const struct zip *zip, int code) {
    if (zip->out->has_failed) {
        return ERR(ERR_TOO_LARGE);
    }
    return code == ARCHIVE_OK || code == ARCHIVE_WARN ? OK : ERR(ERR_NO_MEMORY);
}

static struct err open_archive(struct zip *zip) {
    zip->archive = zip->archive_write_new();
    if (zip->archive == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(err_of(zip, zip->archive_write_set_format_zip(zip->archive)));
    TRY(err_of(zip, zip->archive_write_set_bytes_per_block(zip->archive, 0)));
    return err_of(zip, zip->archive_write_open(zip->archive, zip->out, NULL, write_out, NULL));
}

struct err zip_create(struct cx *cx, struct buf *out, struct zip **ret_zip) {
    struct zip *zip = env_alloc_zeroed(cx->env, sizeof *zip);
    if (zip == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    zip->env = cx->env;
    zip->out = out;
    struct err err = load(cx, zip);
    err = err_failed(err) ? err : open_archive(zip);
    if (err_failed(err)) {
        zip_destroy(zip);
        return err;
    }
    *ret_zip = zip;
    return OK;
}

void zip_destroy(struct zip *zip) {
    if (zip == NULL) {
        return;
    }
    if (zip->archive != NULL) {
        (void)zip->archive_write_free(zip->archive);
    }
    env_free(zip->env, zip);
}

struct err zip_begin(struct zip *zip, const char *name, int64_t at_s) {
    struct archive_entry *entry = zip->archive_entry_new();
    if (entry == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    zip->archive_entry_set_pathname(entry, name);
    zip->archive_entry_set_mtime(entry, at_s, 0);
    zip->archive_entry_set_filetype(entry, AE_IFREG);
    zip->archive_entry_set_perm(entry, 0600);
    int code = zip->archive_write_header(zip->archive, entry);
    zip->archive_entry_free(entry);
    return err_of(zip, code);
}

struct err zip_add(struct zip *zip, struct str bytes) {
    while (bytes.len > 0) {
        la_ssize_t written = zip->archive_write_data(zip->archive, bytes.bytes, bytes.len);
        if (written <= 0) {
            return zip->out->has_failed ? ERR(ERR_TOO_LARGE) : ERR(ERR_NO_MEMORY);
        }
        bytes = str_skip(bytes, (size_t)written);
    }
    return OK;
}

struct err zip_end(struct zip *zip) {
    return err_of(zip, zip->archive_write_finish_entry(zip->archive));
}

struct err zip_finish(struct zip *zip) {
    return err_of(zip, zip->archive_write_close(zip->archive));
}
