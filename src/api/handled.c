/* /api/admin/backups and /api/admin/alerts: what operators did, recorded for those who ask. */
#include "api/evidence_resources.h"

#include "app/handled.h"

/* --- backups --- */

static const char *const kinds[] = {"backup", "drill", NULL};

struct record_io {
    struct str id, recorded_by, outcome, kind_word;
    int kind;
    int64_t recorded_at, taken_at, files, bytes;
};

#define AT(member) offsetof(struct record_io, member)
static const struct shape_field record_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"kind", "backup, or drill: one that was restored aside", SHAPE_STR, .offset = AT(kind_word),
     .max = 16},
    {"takenAt", "What the backup holds is as of then", SHAPE_INSTANT, .offset = AT(taken_at)},
    {"files", "How many", SHAPE_I64, .offset = AT(files)},
    {"bytes", "In all", SHAPE_I64, .offset = AT(bytes)},
    {"outcome", "good, or why not", SHAPE_STR, .offset = AT(outcome), .max = 500},
    {"recordedAt", "When", SHAPE_INSTANT, .offset = AT(recorded_at)},
    {"recordedBy", "Who; null: the owner of the machine", SHAPE_STR, .offset = AT(recorded_by),
     .max = 255, .flags = SHAPE_NULLABLE},
};
static const struct shape_field record_in_fields[] = {
    {"kind", "backup, or drill: one that was restored aside", SHAPE_ENUM, .offset = AT(kind),
     .names = kinds},
    {"takenAt", "What the backup holds is as of then", SHAPE_INSTANT, .offset = AT(taken_at)},
    {"files", "How many", SHAPE_I64, .offset = AT(files), .min = 0, .max = 1000},
    {"bytes", "In all", SHAPE_I64, .offset = AT(bytes), .min = 0, .max = INT64_C(1) << 52},
    {"outcome", "good, or why not", SHAPE_STR, .offset = AT(outcome), .min = 1, .max = 500},
};
#undef AT
const struct shape backup_record_shape =
    SHAPE("BackupRecord", "A backup that was taken or tried", struct record_io, record_fields);
const struct shape backup_record_in_shape =
    SHAPE("BackupRecordIn", "What was done", struct record_io, record_in_fields);

static const struct shape_field record_item = {.kind = SHAPE_OBJECT, .of = &backup_record_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &record_item, .item_size = sizeof(struct record_io)},
    PAGE_CURSOR_FIELD,
};
const struct shape backup_records_shape =
    SHAPE("BackupRecords", "A page of backups", struct page, page_fields);

static struct record_io out_of(const struct backup_record_row *row) {
    return (struct record_io){
        .id = id_str(&row->id),
        .kind_word = row->kind,
        .taken_at = row->taken_at,
        .files = row->files,
        .bytes = row->bytes,
        .outcome = row->outcome,
        .recorded_at = row->recorded_at,
        .recorded_by = text_or_null(row->recorded_by),
    };
}

/* "~" is behind every id. */
void backup_records_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct str before = query != NULL && query->cursor.len > 0 ? query->cursor : STR("~");
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, backup_records_read(&tx, before, size + 1, &list))) {
        return;
    }
    const struct backup_record_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct record_io *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &backup_records_shape, &page);
}

struct record_in_hand {
    struct backup_record record; /* first: `done` hands it back */
    struct api_request *request;
};

static void recorded(struct command *command) {
    struct record_in_hand *hand = (struct record_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        struct record_io out = out_of(&hand->record.row);
        reply_value(hand->request, 201, &backup_record_shape, &out);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void backup_records_create(struct api_request *request) {
    const struct record_io *in = request->body;
    struct record_in_hand *hand = ARENA_NEW(request->arena, struct record_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->record.row = (struct backup_record_row){
        .kind = str_from_cstr(kinds[in->kind]),
        .recorded_by = request->has_session ? request->session.person_id : STR(""),
        .taken_at = in->taken_at,
        .files = in->files,
        .bytes = in->bytes,
        .outcome = in->outcome,
    };
    hand->record.command.done = recorded;
    backup_record(request->api->app, &hand->record);
}

/* --- alerts --- */

struct handle_in {
    struct str note;
};
static const struct shape_field handle_fields[] = {
    {"note", "What was found, or done", SHAPE_STR, .offset = offsetof(struct handle_in, note),
     .min = 1, .max = 500, .flags = SHAPE_PERSONAL},
};
const struct shape alert_handle_shape =
    SHAPE("AlertHandled", "That somebody has looked at it", struct handle_in, handle_fields);

struct handle_in_hand {
    struct alert_handle handle; /* first: `done` hands it back */
    struct api_request *request;
};

static void handled(struct command *command) {
    struct api_request *request = ((struct handle_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void alerts_handle(struct api_request *request) {
    const struct handle_in *in = request->body;
    struct handle_in_hand *hand = ARENA_NEW(request->arena, struct handle_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->handle.mail_id = request->values[0];
    hand->handle.note = in->note;
    hand->handle.command.done = handled;
    alert_handle(request->api->app, &hand->handle);
}
