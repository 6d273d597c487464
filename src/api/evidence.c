/* /api/admin/evidence-packs: what an auditor is given of a period. */
#include "api/evidence_resources.h"

#include "api/cancel.h"
#include "api/file.h"
#include "app/evidence.h"
#include "core/calendar.h"

/* --- as shown --- */

struct pack_out {
    struct str id, status, requested_by, requester_kind, sha256;
    int64_t from, to, requested_at, finished_at, expires_at, size, percent, done_at;
    bool has_finished, expires, has_percent, has_done_at;
};

#define AT(member) offsetof(struct pack_out, member)
static const struct shape_field pack_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"status", "running, ready, failed, cancelled, or expired: the file is gone", SHAPE_STR,
     .offset = AT(status), .max = 16},
    {"from", "Where the period begins", SHAPE_INSTANT, .offset = AT(from)},
    {"to", "Before which it ends", SHAPE_INSTANT, .offset = AT(to)},
    {"requestedBy", "A person or a key; null: the owner of the machine", SHAPE_STR,
     .offset = AT(requested_by), .max = 255, .flags = SHAPE_NULLABLE},
    {"requesterKind", "operator, key or local", SHAPE_STR, .offset = AT(requester_kind), .max = 16},
    {"requestedAt", "When", SHAPE_INSTANT, .offset = AT(requested_at)},
    {"finishedAt", "When it was made; null until then", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_finished)},
    {"expiresAt", "Until when the file is kept; null without one", SHAPE_INSTANT,
     .offset = AT(expires_at), .flags = SHAPE_NULLABLE, .is_set = AT(expires)},
    {"size", "Of the file, in bytes", SHAPE_I64, .offset = AT(size)},
    {"sha256", "Of the file, in hexadecimal; null without one", SHAPE_STR, .offset = AT(sha256),
     .max = 64, .flags = SHAPE_NULLABLE},
    {"percent", "Of what is to be read; null: it has not begun, or was not made", SHAPE_I64,
     .offset = AT(percent), .flags = SHAPE_NULLABLE, .is_set = AT(has_percent)},
    {"doneAt", "When it will be made, by its pace so far; null: nothing can be said", SHAPE_INSTANT,
     .offset = AT(done_at), .flags = SHAPE_NULLABLE, .is_set = AT(has_done_at)},
};
#undef AT
const struct shape evidence_pack_shape =
    SHAPE("EvidencePack", "The evidence of a period", struct pack_out, pack_fields);

static struct pack_out out_of(const struct app *app, const struct evidence_pack_row *row) {
    bool is_ready = str_equal(row->status, STR("ready"));
    struct pack_out out = {
        .id = id_str(&row->id),
        .status = row->status,
        .from = row->from_at,
        .to = row->to_at,
        .requested_by = text_or_null(row->requested_by),
        .requester_kind = row->requester_kind,
        .requested_at = row->requested_at,
        .finished_at = row->finished_at,
        .has_finished = row->finished_at != ROW_NONE,
        .expires_at = row->expires_at,
        .expires = is_ready,
        .size = row->size,
        .sha256 = text_or_null(row->sha256),
        .percent = 100,
        .has_percent = is_ready,
    };
    if (str_equal(row->status, STR("running"))) {
        struct instant done_at = {0};
        out.has_percent = evidence_progress(app, out.id, &out.percent, &done_at);
        out.has_done_at = out.has_percent;
        out.done_at = done_at.ms;
    }
    return out;
}

/* False when it replied. */
static bool read_pack(struct api_request *request, struct str id, struct evidence_pack_row *row) {
    struct tx tx = request_read(request);
    bool is_found = false;
    if (reply_if_failed(request, evidence_read(&tx, id, row, &is_found))) {
        return false;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_EVIDENCE_NOT_FOUND);
    }
    return is_found;
}

static void reply_pack(struct api_request *request, int status, struct str id) {
    struct evidence_pack_row row;
    if (read_pack(request, id, &row)) {
        struct pack_out out = out_of(request->api->app, &row);
        reply_value(request, status, &evidence_pack_shape, &out);
    }
}

void evidence_packs_get(struct api_request *request) {
    reply_pack(request, 200, request->values[0]);
}

/* --- asking --- */

struct evidence_in {
    int64_t from, to;
};

static const struct shape_field in_fields[] = {
    {"from", "Where the period begins", SHAPE_INSTANT,
     .offset = offsetof(struct evidence_in, from)},
    {"to", "Before which it ends; not in the future, and at most two years after", SHAPE_INSTANT,
     .offset = offsetof(struct evidence_in, to)},
};
const struct shape evidence_in_shape =
    SHAPE("EvidencePackIn", "Of which period", struct evidence_in, in_fields);

struct evidence_in_hand {
    struct evidence_ask ask; /* first: `done` hands it back */
    struct api_request *request;
};

static void asked(struct command *command) {
    struct evidence_in_hand *hand = (struct evidence_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED || command->outcome == OUTCOME_DONE) {
        reply_pack(hand->request, 202, id_str(&hand->ask.id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

/* NULL, or what was expected of `*ret_field`. */
static const char *complaint(struct api_request *request, const struct evidence_in *in,
                             const char **ret_field) {
    *ret_field = "/to";
    return in->to > request_now(request).ms ? "an instant that has passed"
           : in->to <= in->from             ? "an instant after from"
           : in->to - in->from > duration_days(EVIDENCE_PERIOD_DAYS_MAX).ms
               ? "at most 731 days after from"
               : NULL;
}

void evidence_create(struct api_request *request) {
    const struct evidence_in *in = request->body;
    struct evidence_in_hand *hand = ARENA_NEW(request->arena, struct evidence_in_hand);
    struct shape_errors errors = {.count = 0};
    const char *field = NULL;
    const char *expected = complaint(request, in, &field);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (expected != NULL) {
        shape_error_add(&errors, request->arena, field, expected);
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    hand->request = request;
    hand->ask.from = in->from;
    hand->ask.to = in->to;
    hand->ask.command.done = asked;
    evidence_ask(request->api->app, &hand->ask);
}

/* --- giving up --- */

void evidence_packs_cancel(struct api_request *request) {
    reply_cancelled(request, evidence_cancel, evidence_packs_get);
}

/* --- the list --- */

static const char *const statuses[] = {"running", "ready", "failed", "expired", "cancelled", NULL};

struct packs_query {
    struct page_query page; /* first */
    int status;
    bool has_status;
};
#define AT(member) offsetof(struct packs_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many; 20 when not given", SHAPE_I64, .offset = AT(page.limit), .min = 1,
     .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "Those that stand so; all when not given", SHAPE_ENUM, .offset = AT(status),
     .names = statuses, .flags = SHAPE_OPTIONAL, .is_set = AT(has_status)},
};
#undef AT
const struct shape evidence_query_shape =
    SHAPE("EvidencePacksQuery", "Which packs", struct packs_query, query_fields);

static const struct shape_field pack_item = {.kind = SHAPE_OBJECT, .of = &evidence_pack_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &pack_item, .item_size = sizeof(struct pack_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape evidence_packs_shape =
    SHAPE("EvidencePacks", "A page of packs of evidence", struct page, page_fields);

/* "~" is behind every id. */
void evidence_packs_list(struct api_request *request) {
    const struct packs_query *query = request->query;
    size_t size = page_size(query == NULL ? NULL : &query->page);
    bool has_cursor = query != NULL && query->page.cursor.len > 0;
    bool has_status = query != NULL && query->has_status;
    struct str status = has_status ? str_from_cstr(statuses[query->status]) : STR("");
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, evidence_list(&tx, has_cursor ? query->page.cursor : STR("~"),
                                               status, size + 1, &list))) {
        return;
    }
    const struct evidence_pack_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct pack_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = out_of(request->api->app, &rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &evidence_packs_shape, &page);
}

/* --- the file --- */

void evidence_packs_file(struct api_request *request) {
    struct evidence_pack_row row;
    if (!read_pack(request, request->values[0], &row)) {
        return;
    }
    bool is_there = str_equal(row.status, STR("ready")) && row.expires_at > request_now(request).ms;
    if (!is_there) {
        reply_problem(request, OUTCOME_EVIDENCE_NOT_READY);
        return;
    }
    reply_file(request,
               &(struct file_kept){
                   .kind = &evidence_parcel,
                   .id = id_str(&row.id),
                   .name = arena_printf(request->arena, "turnpike-evidence-%s.zip", row.id.text),
                   .sha256 = row.sha256,
                   .size = row.size,
               });
}
