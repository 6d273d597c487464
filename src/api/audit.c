/* The audit log as operators and customers read it. */
#include "api/admin_resources.h"
#include "api/billing_resources.h"
#include "api/resources.h"

#include "app/audit_export.h"
#include "app/audit_log.h"

/* --- as shown --- */

struct origin_out {
    struct str address, user_agent;
};

struct row_out {
    struct str id, chain, actor, actor_kind, action, object, outcome, row, leaf, hash;
    int64_t seq, at;
    struct str reason;
    bool has_origin;
    struct origin_out origin;
};

static const struct shape_field origin_fields[] = {
    {"address", "Of the network, or unix", SHAPE_STR,
     .offset = offsetof(struct origin_out, address), .max = 64},
    {"userAgent", "What the client called itself", SHAPE_STR,
     .offset = offsetof(struct origin_out, user_agent), .max = 256},
};
static const struct shape origin_shape =
    SHAPE("AuditOrigin", "Where a request came from", struct origin_out, origin_fields);

#define AT(member) offsetof(struct row_out, member)
#define ROW_FIELDS                                                                                 \
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},                           \
        {"chain", "Whose chain: a userId; empty: the operators'", SHAPE_STR, .offset = AT(chain),  \
         .max = LIMIT_USER_ID},                                                                    \
        {"seq", "In the chain, from 1", SHAPE_I64, .offset = AT(seq)},                             \
        {"at", "When", SHAPE_INSTANT, .offset = AT(at)},                                           \
        {"actorKind", "system, local, key, portal, member, operator or nobody", SHAPE_STR,         \
         .offset = AT(actor_kind), .max = 16},                                                     \
        {"actor", "Who: a key or a person; empty: the program itself, or unnamed", SHAPE_STR,      \
         .offset = AT(actor), .max = 255},                                                         \
        {"action", "What, such as subscription.change", SHAPE_STR, .offset = AT(action),           \
         .max = 64},                                                                               \
        {"object", "On what", SHAPE_STR, .offset = AT(object), .max = 255},                        \
        {"outcome", "What came of it: done, or the code of a refusal", SHAPE_STR,                  \
         .offset = AT(outcome), .max = 64},                                                        \
        {"reason",                                                                                 \
         "In the words of whoever asked, which the row has as a keyed hash; null: none, or "       \
         "forgotten",                                                                              \
         SHAPE_STR,                                                                                \
         .offset = AT(reason),                                                                     \
         .max = 2000,                                                                              \
         .flags = SHAPE_NULLABLE},                                                                 \
        {"row", "All of it, as it was hashed", SHAPE_JSON, .offset = AT(row)},                     \
        {"leaf", "SHA-256 of a zero byte and the row", SHAPE_STR, .offset = AT(leaf), .max = 64},  \
    {                                                                                              \
        "hash", "Of the chain up to here", SHAPE_STR, .offset = AT(hash), .max = 64                \
    }

static const struct shape_field own_fields[] = {ROW_FIELDS};
static const struct shape own_shape =
    SHAPE("AuditRow", "A row of the audit log", struct row_out, own_fields);
static const struct shape_field own_item = {.kind = SHAPE_OBJECT, .of = &own_shape};

static const struct shape_field row_fields[] = {
    ROW_FIELDS,
    {"origin", "Where it came from; null: by itself, or forgotten", SHAPE_OBJECT,
     .offset = AT(origin), .of = &origin_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_origin)},
};
#undef AT
static const struct shape row_shape =
    SHAPE("AuditRowOfOperators", "A row of the audit log, with where it came from", struct row_out,
          row_fields);
static const struct shape_field row_item = {.kind = SHAPE_OBJECT, .of = &row_shape};

static const struct shape_field rows_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &row_item, .item_size = sizeof(struct row_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape audit_rows_shape =
    SHAPE("AuditRowsOfOperators", "A page of the audit log", struct page, rows_fields);

static const struct shape_field own_rows_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &own_item, .item_size = sizeof(struct row_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape audit_own_rows_shape =
    SHAPE("AuditRows", "A page of a customer's own chain", struct page, own_rows_fields);

static struct str said(const struct audit_row *row, const char *name) {
    struct str text = STR("");
    return jcs_plain(jcs_find(row->row, name), &text) ? text : STR("");
}

static struct row_out row_out_of(const struct audit_row *row) {
    return (struct row_out){
        .id = id_str(&row->id),
        .chain = row->user_id,
        .actor = row->actor,
        .actor_kind = said(row, "actorKind"),
        .action = row->action,
        .object = row->object,
        .outcome = said(row, "outcome"),
        .row = row->row,
        .leaf = row->leaf,
        .hash = row->chain,
        .seq = row->seq,
        .at = row->at,
    };
}

static struct err add_origin(struct tx *tx, const struct audit_row *row, struct row_out *out) {
    struct audit_origin_row origin;
    TRY(audit_read_origin(tx, row, &origin, &out->has_origin));
    if (out->has_origin) {
        out->origin = (struct origin_out){origin.address, origin.user_agent};
    }
    return OK;
}

/* What is kept beside the row. */
static struct err add_kept(struct tx *tx, const struct audit_row *row, bool is_own,
                           struct row_out *out) {
    TRY(audit_read_reason(tx, row, &out->reason));
    return is_own ? OK : add_origin(tx, row, out);
}

/* --- the pages --- */

struct rows_query {
    struct page_query page; /* first: page_size() reads it */
    struct str actor, action, user_id;
    int64_t from, to;
    bool has_from, has_to;
};

#define AT(member) offsetof(struct rows_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"actor", "Only what this key or person did", SHAPE_STR, .offset = AT(actor), .min = 1,
     .max = 255, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"action", "Only this, such as refund.create", SHAPE_STR, .offset = AT(action), .min = 1,
     .max = 64, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"userId", "Only in this customer's chain", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"from", "Not before", SHAPE_INSTANT, .offset = AT(from), .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_from)},
    {"to", "Before", SHAPE_INSTANT, .offset = AT(to), .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_to)},
};
#undef AT
const struct shape audit_query_shape =
    SHAPE("AuditQuery", "Which rows", struct rows_query, query_fields);

/* False, with a reply, when the cursor is none of ours. */
static bool read_cursor(struct api_request *request, struct str cursor,
                        struct audit_filter *filter) {
    if (cursor.len == 0) {
        return true;
    }
    if (id_is(cursor, "audt")) {
        filter->id_before = str_compare(cursor, filter->id_before) < 0 ? cursor : filter->id_before;
        return true;
    }
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, "/cursor", "nextCursor of the page before");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

/* Ids sort by time, so that an instant is a place among them. */
static struct str id_at(struct api_request *request, int64_t ms) {
    struct record_id id = id_first("audt", ms);
    return arena_str(request->arena, id_str(&id));
}

static void reply_rows(struct api_request *request, const struct audit_filter *filter, size_t size,
                       bool is_own) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, audit_read_page(&tx, filter, size + 1, &list))) {
        return;
    }
    const struct audit_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct row_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = row_out_of(&rows[i]);
        if (reply_if_failed(request, add_kept(&tx, &rows[i], is_own, &out[i]))) {
            return;
        }
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, is_own ? &audit_own_rows_shape : &audit_rows_shape, &page);
}

/* "~" is behind every id. */
bool audit_filter_read(struct api_request *request, struct audit_filter *ret_filter) {
    const struct rows_query *query = request->query;
    struct audit_filter filter = {.id_first = STR(""), .id_before = STR("~")};
    struct str cursor = STR("");
    if (query != NULL) {
        filter.has_user = query->user_id.len > 0;
        filter.user_id = query->user_id;
        filter.actor = query->actor;
        filter.action = query->action;
        filter.id_first = query->has_from ? id_at(request, query->from) : STR("");
        filter.id_before = query->has_to ? id_at(request, query->to) : STR("~");
        cursor = query->page.cursor;
    }
    *ret_filter = filter;
    return read_cursor(request, cursor, ret_filter);
}

void audit_list(struct api_request *request) {
    const struct rows_query *query = request->query;
    struct audit_filter filter;
    if (audit_filter_read(request, &filter)) {
        reply_rows(request, &filter, page_size(query == NULL ? NULL : &query->page), false);
    }
}

void audit_list_own(struct api_request *request) {
    const struct page_query *query = request->query;
    struct audit_filter filter = {
        .has_user = true, .user_id = request->user_id, .id_first = STR(""), .id_before = STR("~")};
    if (has_customer(request) &&
        read_cursor(request, query == NULL ? STR("") : query->cursor, &filter)) {
        reply_rows(request, &filter, page_size(query), true);
    }
}

/* --- export --- */

enum { EXPORT_DEFAULT = 1000, EXPORT_MAX = 5000, EXPORT_BYTES_MAX = 48 * 1024 * 1024 };

struct export_query {
    int format; /* enum audit_format */
    int64_t limit;
    struct str cursor;
};

static const char *const format_names[] = {"jsonl", "csv", NULL};

#define AT(member) offsetof(struct export_query, member)
static const struct shape_field export_fields[] = {
    {"format", "jsonl when not given", SHAPE_ENUM, .offset = AT(format), .names = format_names,
     .flags = SHAPE_OPTIONAL},
    {"limit", "At most so many rows; 1,000 when not given", SHAPE_I64, .offset = AT(limit),
     .min = 1, .max = EXPORT_MAX, .flags = SHAPE_OPTIONAL},
    {"cursor", "The header Turnpike-Next-Cursor of the part before", SHAPE_STR,
     .offset = AT(cursor), .min = 2, .max = 96, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape audit_export_query_shape =
    SHAPE("AuditExportQuery", "Which part", struct export_query, export_fields);

/* "12:ada": behind row 12 of ada's chain. */
static bool read_place(struct str cursor, struct str *ret_user_id, int64_t *ret_seq) {
    struct str rest = cursor;
    struct str seq = str_cut(&rest, ':');
    bool is_good = rest.bytes != NULL && rest.len <= LIMIT_USER_ID;
    *ret_user_id = rest;
    return str_to_i64(seq, ret_seq) && *ret_seq > 0 && (is_good || seq.len + 1 == cursor.len);
}

static void reply_part(struct api_request *request, struct tx *tx, const struct row_list *list,
                       size_t size, enum audit_format format) {
    struct buf out CLEANUP(buf_finish);
    const struct audit_row *rows = list->items;
    size_t count = list->count > size ? size : list->count;
    const struct export_query *query = request->query;
    buf_init(&out, request->api->env, EXPORT_BYTES_MAX);
    if (query == NULL || query->cursor.len == 0) {
        audit_export_begin(format, &out);
    }
    for (size_t i = 0; i < count; i++) {
        struct str reason;
        if (reply_if_failed(request, audit_read_reason(tx, &rows[i], &reason))) {
            return;
        }
        audit_export_row(format, &rows[i], reason, &out);
    }
    if (out.has_failed) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    struct http_response response = {.status = 200, .body = buf_str(&out)};
    http_add_header(&response, STR("Content-Type"),
                    format == AUDIT_CSV ? STR("text/csv; charset=utf-8")
                                        : STR("application/jsonl"));
    http_add_header(&response, STR("Content-Disposition"),
                    format == AUDIT_CSV ? STR("attachment; filename=\"audit.csv\"")
                                        : STR("attachment; filename=\"audit.jsonl\""));
    if (list->count > size) {
        http_add_header(&response, STR("Turnpike-Next-Cursor"),
                        arena_printf(request->arena, "%lld:" STR_FMT, (long long)rows[size - 1].seq,
                                     STR_ARG(rows[size - 1].user_id)));
    }
    reply_as(request, HEADERS_DOWNLOAD, &response);
}

void audit_export(struct api_request *request) {
    const struct export_query *query = request->query;
    struct str user_id = STR("");
    int64_t seq = 0;
    if (query != NULL && query->cursor.len > 0 && !read_place(query->cursor, &user_id, &seq)) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/cursor",
                        "the header Turnpike-Next-Cursor of the part before");
        reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
        return;
    }
    size_t size = query == NULL || query->limit == 0 ? EXPORT_DEFAULT : (size_t)query->limit;
    struct tx tx = request_read(request);
    struct row_list list;
    if (!reply_if_failed(request, audit_read_walk(&tx, user_id, seq, size + 1, &list))) {
        reply_part(request, &tx, &list, size,
                   query == NULL ? AUDIT_JSONL : (enum audit_format)query->format);
    }
}

/* --- checkpoints --- */

struct shipment_out {
    struct str sink, last_error;
    int64_t attempts, shipped_at;
    bool is_shipped;
};

struct checkpoint_out {
    int64_t size, at;
    struct str note;
    int witness;                 /* of `witnesses` */
    struct shape_list shipments; /* struct shipment_out */
};

enum witness { WITNESS_NONE, WITNESS_ARRIVED, WITNESS_WAITING, WITNESS_FAILING };
static const char *const witnesses[] = {"none", "arrived", "waiting", "failing", NULL};

struct checkpoints_out {
    struct page page;       /* first */
    struct shape_list keys; /* struct str */
};

#define AT(member) offsetof(struct shipment_out, member)
static const struct shape_field shipment_fields[] = {
    {"sink", "Where to, as --audit-sink says", SHAPE_STR, .offset = AT(sink),
     .max = AUDIT_SINK_MAX},
    {"attempts", "So far", SHAPE_I64, .offset = AT(attempts)},
    {"shippedAt", "When it arrived; null: it has not yet", SHAPE_INSTANT, .offset = AT(shipped_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_shipped)},
    {"lastError", "Why it did not arrive the last time", SHAPE_STR, .offset = AT(last_error),
     .max = 500, .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape shipment_shape =
    SHAPE("AuditShipment", "A checkpoint on its way", struct shipment_out, shipment_fields);
static const struct shape_field shipment_item = {.kind = SHAPE_OBJECT, .of = &shipment_shape};

#define AT(member) offsetof(struct checkpoint_out, member)
static const struct shape_field checkpoint_fields[] = {
    {"size", "Heads of chains in the log", SHAPE_I64, .offset = AT(size)},
    {"at", "When it was signed", SHAPE_INSTANT, .offset = AT(at)},
    {"note", "A signed note (https://c2sp.org/tlog-checkpoint)", SHAPE_STR, .offset = AT(note),
     .max = AUDIT_NOTE_MAX, .flags = SHAPE_OPEN_TEXT},
    {"witness",
     "none: it goes nowhere; arrived: it is wherever it goes; waiting: it is on its way; failing: "
     "it did not arrive somewhere the last time",
     SHAPE_ENUM, .offset = AT(witness), .names = witnesses},
    {"shipments", "Where it goes", SHAPE_LIST, .offset = AT(shipments), .max = AUDIT_SINKS_MAX,
     .item = &shipment_item, .item_size = sizeof(struct shipment_out)},
};
#undef AT
static const struct shape checkpoint_shape =
    SHAPE("AuditCheckpoint", "What was signed", struct checkpoint_out, checkpoint_fields);
static const struct shape_field checkpoint_item = {.kind = SHAPE_OBJECT, .of = &checkpoint_shape};

enum { KEYS_MAX = 16 };
static const struct shape_field key_item = {.kind = SHAPE_STR, .max = AUDIT_KEY_TEXT_MAX};

static const struct shape_field checkpoints_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct checkpoints_out, page.data),
     .max = LIMIT_PAGE, .item = &checkpoint_item, .item_size = sizeof(struct checkpoint_out)},
    {"publicKeys", "Whose signatures count, as a verifier takes them", SHAPE_LIST,
     .offset = offsetof(struct checkpoints_out, keys), .max = KEYS_MAX, .item = &key_item,
     .item_size = sizeof(struct str)},
    PAGE_CURSOR_FIELD,
};
const struct shape audit_checkpoints_shape =
    SHAPE("AuditCheckpoints", "A page of checkpoints", struct checkpoints_out, checkpoints_fields);

static enum witness witness_of(const struct audit_shipment_row *rows, size_t count) {
    enum witness worst = count == 0 ? WITNESS_NONE : WITNESS_ARRIVED;
    for (size_t i = 0; i < count; i++) {
        bool is_failing = rows[i].last_error.len > 0;
        enum witness one = rows[i].shipped_at != ROW_NONE ? WITNESS_ARRIVED
                           : is_failing                   ? WITNESS_FAILING
                                                          : WITNESS_WAITING;
        worst = one > worst ? one : worst;
    }
    return worst;
}

static struct err checkpoint_out_of(struct api_request *request, struct tx *tx,
                                    const struct audit_checkpoint_row *row,
                                    struct checkpoint_out *ret_out) {
    struct row_list list;
    TRY(audit_shipments_read(tx, row->size, &list));
    const struct audit_shipment_row *rows = list.items;
    struct shipment_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = (struct shipment_out){
            .sink = rows[i].sink,
            .last_error = text_or_null(rows[i].last_error),
            .attempts = rows[i].attempts,
            .shipped_at = rows[i].shipped_at,
            .is_shipped = rows[i].shipped_at != ROW_NONE,
        };
    }
    *ret_out = (struct checkpoint_out){.size = row->size,
                                       .at = row->at,
                                       .note = row->note,
                                       .witness = (int)witness_of(rows, list.count),
                                       .shipments = {out, out == NULL ? 0 : list.count}};
    return OK;
}

static struct err read_keys(struct api_request *request, struct tx *tx,
                            struct shape_list *ret_keys) {
    struct str text;
    struct str *keys = arena_array(request->arena, KEYS_MAX, sizeof *keys);
    size_t count = 0;
    TRY(audit_log_keys(tx, &text));
    while (keys != NULL && text.len > 0 && count < KEYS_MAX) {
        keys[count++] = str_cut(&text, '\n');
    }
    *ret_keys = (struct shape_list){keys, count};
    return OK;
}

/* False, with a reply, when the cursor is none of ours. */
static bool read_size(struct api_request *request, const struct page_query *query,
                      int64_t *ret_before) {
    *ret_before = INT64_MAX;
    if (query == NULL || query->cursor.len == 0 || str_to_i64(query->cursor, ret_before)) {
        return true;
    }
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, "/cursor", "nextCursor of the page before");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

void audit_checkpoints_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    int64_t before = 0;
    struct checkpoints_out page = {.page = {.next_cursor = {NULL, 0}}};
    struct tx tx = request_read(request);
    struct row_list list;
    if (!read_size(request, query, &before) ||
        reply_if_failed(request, audit_checkpoints_read(&tx, before, size + 1, &list)) ||
        reply_if_failed(request, read_keys(request, &tx, &page.keys))) {
        return;
    }
    const struct audit_checkpoint_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct checkpoint_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        if (reply_if_failed(request, checkpoint_out_of(request, &tx, &rows[i], &out[i]))) {
            return;
        }
    }
    page.page.data = (struct shape_list){out, out == NULL ? 0 : count};
    if (list.count > size) {
        page.page.next_cursor =
            arena_printf(request->arena, "%lld", (long long)rows[size - 1].size);
    }
    reply_value(request, 200, &audit_checkpoints_shape, &page);
}
