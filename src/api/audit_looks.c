/* /api/admin/audit/looks: the whole audit log looked at once more, as a job. */
#include "api/admin_resources.h"

#include "api/cancel.h"
#include "app/audit_look.h"

enum { FAULT_MAX = 16, NOTE_MAX = 4096 };

static const char *const status_names[] = {"running", "done", "cancelled", NULL};
static_assert(ARRAY_LEN(status_names) == AUDIT_LOOK_STATUS_COUNT + 1, "in the order of the enum");

struct finding_out {
    struct str id, fault;
};
static const struct shape_field finding_fields[] = {
    {"id", "Of the row", SHAPE_STR, .offset = offsetof(struct finding_out, id),
     .max = LIMIT_RECORD_ID},
    {"fault", "missing, moved, changed, broken, indexed, forked", SHAPE_STR,
     .offset = offsetof(struct finding_out, fault), .max = FAULT_MAX},
};
static const struct shape finding_shape =
    SHAPE("AuditLookFinding", "A row that is not sound", struct finding_out, finding_fields);
static const struct shape_field finding_item = {.kind = SHAPE_OBJECT, .of = &finding_shape};

struct look_out {
    struct str id, note;
    int status;
    int64_t percent, rows, signed_rows, faults, checkpoint_size, created_at, finished_at;
    bool is_finished, is_sound, is_over;
    struct shape_list findings;
};
#define AT(member) offsetof(struct look_out, member)
static const struct shape_field look_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"status", "running; done; cancelled: the rest was not looked at", SHAPE_ENUM,
     .offset = AT(status), .names = status_names},
    {"percent", "Of the time between the newest and the oldest row", SHAPE_I64,
     .offset = AT(percent)},
    {"rows", "That were looked at", SHAPE_I64, .offset = AT(rows)},
    {"signedRows", "Of these, covered by a checkpoint", SHAPE_I64, .offset = AT(signed_rows)},
    {"isSound", "Nothing was found; null: it has not come to the end", SHAPE_BOOL,
     .offset = AT(is_sound), .flags = SHAPE_NULLABLE, .is_set = AT(is_over)},
    {"faults", "Rows that are not sound", SHAPE_I64, .offset = AT(faults)},
    {"findings", "The first of them", SHAPE_LIST, .offset = AT(findings),
     .max = AUDIT_LOOK_FINDINGS_KEPT, .item = &finding_item,
     .item_size = sizeof(struct finding_out)},
    {"checkpointSize", "Heads that the last checkpoint had signed when it began; 0: there was none",
     SHAPE_I64, .offset = AT(checkpoint_size)},
    {"checkpoint", "Its signed note, to be held against what was kept elsewhere", SHAPE_STR,
     .offset = AT(note), .max = NOTE_MAX, .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"createdAt", "When it began", SHAPE_INSTANT, .offset = AT(created_at)},
    {"finishedAt", "When it ended", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_finished)},
};
#undef AT
const struct shape audit_look_shape =
    SHAPE("AuditLook", "The whole audit log, looked at once more", struct look_out, look_fields);
static const struct shape_field look_item = {.kind = SHAPE_OBJECT, .of = &audit_look_shape};
static const struct shape_field looks_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &look_item, .item_size = sizeof(struct look_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape audit_looks_shape =
    SHAPE("AuditLooks", "A page of looks", struct page, looks_fields);

/* "audt_…: changed", a line each. */
static struct shape_list findings_of(struct arena *arena, struct str text) {
    struct finding_out *out = arena_array(arena, AUDIT_LOOK_FINDINGS_KEPT, sizeof *out);
    size_t count = 0;
    while (out != NULL && text.len > 0 && count < AUDIT_LOOK_FINDINGS_KEPT) {
        struct str fault = str_cut(&text, '\n');
        struct str id = str_cut(&fault, ':');
        out[count++] = (struct finding_out){id, str_trim(fault)};
    }
    return (struct shape_list){out, count};
}

static struct look_out look_out_of(struct arena *arena, const struct audit_look_row *row) {
    return (struct look_out){
        .id = id_str(&row->id),
        .note = text_or_null(row->checkpoint_note),
        .status = row->status,
        .percent = audit_look_percent(row),
        .rows = row->looked_at,
        .signed_rows = row->signed_rows,
        .faults = row->faults,
        .checkpoint_size = row->checkpoint_size,
        .created_at = row->created_at,
        .finished_at = row->finished_at,
        .is_finished = row->finished_at != ROW_NONE,
        .is_over = row->status == AUDIT_LOOK_DONE || row->faults > 0,
        .is_sound = row->faults == 0,
        .findings = findings_of(arena, row->findings),
    };
}

static void reply_look(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct audit_look_row row;
    bool is_found = false;
    if (reply_if_failed(request, audit_look_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_AUDIT_LOOK_NOT_FOUND);
        return;
    }
    struct look_out out = look_out_of(request->arena, &row);
    reply_value(request, status, &audit_look_shape, &out);
}

void audit_looks_get(struct api_request *request) {
    reply_look(request, 200, request->values[0]);
}

void audit_looks_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    struct str before = query == NULL ? STR("") : query->cursor;
    if (reply_if_failed(request, audit_looks_read(&tx, before, size + 1, &list))) {
        return;
    }
    const struct audit_look_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct look_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = look_out_of(request->arena, &rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &audit_looks_shape, &page);
}

struct begin_in_hand {
    struct audit_look_begin begin; /* first: `done` hands it back */
    struct api_request *request;
};

static void begun(struct command *command) {
    struct begin_in_hand *hand = (struct begin_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        struct look_out out = look_out_of(hand->request->arena, &hand->begin.row);
        reply_value(hand->request, 201, &audit_look_shape, &out);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void audit_looks_begin(struct api_request *request) {
    struct begin_in_hand *hand = COMMAND_NEW(request->arena, struct begin_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->begin.arena = request->arena;
    hand->begin.command.done = begun;
    audit_look_begin(request->api->app, &hand->begin);
}

void audit_looks_cancel(struct api_request *request) {
    reply_cancelled(request, audit_look_cancel, audit_looks_get);
}
