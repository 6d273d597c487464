#include "api/file.h"

#include "base/log.h"
#include "net/http_range.h"

/* Lies in the request's arena, which lives until the answer has been sent. */
struct file_sending {
    struct api *api;
    const struct parcel_kind *kind;
    struct str id;
    uint64_t first; /* byte of the file with which the answer begins */
};

/* What has gone meanwhile, as by an erasure, ends the answer before its end. */
static struct err read_piece(void *context, uint64_t at, size_t max, struct buf *out) {
    const struct file_sending *sending = context;
    const struct parcel_span span = {sending->kind, sending->id, sending->first + at, max};
    struct err err = parcel_read(sending->api->app, &span, out);
    if (err_failed(err)) {
        log_event(sending->api->env, LOG_WARNING, "file.cut",
                  "kind=%s id=" STR_FMT " at=%llu err=%s", span.kind->name, STR_ARG(span.id),
                  (unsigned long long)span.at, err_name(err.code));
    }
    return err;
}

static void reply_behind_end(struct api_request *request, const struct file_kept *file) {
    struct problem_document document =
        problem_document_of(request->arena, PROBLEM_RANGE_NOT_SATISFIABLE, STR(""));
    document.content_range = arena_printf(request->arena, "bytes */%lld", (long long)file->size);
    reply_document(request, &document);
}

void reply_file(struct api_request *request, const struct file_kept *file) {
    struct str etag = arena_printf(request->arena, "\"" STR_FMT "\"", STR_ARG(file->sha256));
    struct http_range range = http_range_of(request->http, etag, (uint64_t)file->size);
    struct file_sending *sending = ARENA_NEW(request->arena, struct file_sending);
    if (range.kind == HTTP_RANGE_UNSATISFIABLE) {
        reply_behind_end(request, file);
        return;
    }
    if (sending == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    *sending = (struct file_sending){request->api, file->kind, arena_str(request->arena, file->id),
                                     range.first};
    const struct http_source source = {range.length, read_piece, NULL, sending};
    bool is_part = range.kind == HTTP_RANGE_PART;
    struct http_response response = {.status = is_part ? 206 : 200, .source = &source};
    http_add_header(&response, STR("Content-Type"), STR("application/zip"));
    http_add_header(
        &response, STR("Content-Disposition"),
        arena_printf(request->arena, "attachment; filename=\"" STR_FMT "\"", STR_ARG(file->name)));
    http_add_header(&response, STR("Accept-Ranges"), STR("bytes"));
    http_add_header(&response, STR("ETag"), etag);
    if (is_part) {
        http_add_header(&response, STR("Content-Range"),
                        arena_printf(request->arena, "bytes %llu-%llu/%lld",
                                     (unsigned long long)range.first,
                                     (unsigned long long)(range.first + range.length - 1),
                                     (long long)file->size));
    }
    reply_as(request, HEADERS_DOWNLOAD, &response);
}
