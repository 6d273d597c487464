/* /api/admin/customers/:userId/notes: what operators note about a customer. */
#include "api/customer_resources.h"
#include "api/resources.h"

#include "app/customer_note.h"

struct note_io {
    struct str id, author, note;
    int64_t created_at;
};
#define AT(member) offsetof(struct note_io, member)
static const struct shape_field note_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"author", "Who, as the audit log names them; null: the owner of the machine", SHAPE_STR,
     .offset = AT(author), .max = 255, .flags = SHAPE_NULLABLE},
    {"note", "In their words", SHAPE_STR, .offset = AT(note), .max = CUSTOMER_NOTE_MAX,
     .flags = SHAPE_OPEN_TEXT},
    {"createdAt", "When", SHAPE_INSTANT, .offset = AT(created_at)},
};
static const struct shape_field note_in_fields[] = {
    {"note", "What others who operate should know; the customer has it with an export", SHAPE_STR,
     .offset = AT(note), .min = 1, .max = CUSTOMER_NOTE_MAX,
     .flags = SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
};
#undef AT
const struct shape customer_note_shape =
    SHAPE("CustomerNote", "What an operator noted", struct note_io, note_fields);
const struct shape customer_note_in_shape =
    SHAPE("CustomerNoteAdd", "What is to be noted", struct note_io, note_in_fields);
static const struct shape_field note_item = {.kind = SHAPE_OBJECT, .of = &customer_note_shape};
static const struct shape_field notes_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &note_item, .item_size = sizeof(struct note_io)},
    PAGE_CURSOR_FIELD,
};
const struct shape customer_notes_shape =
    SHAPE("CustomerNotes", "A page of notes", struct page, notes_fields);

static struct note_io out_of(const struct customer_note_row *row) {
    return (struct note_io){id_str(&row->id), text_or_null(row->author), row->note,
                            row->created_at};
}

void customer_notes_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    request->user_id = request->values[0];
    if (!has_customer(request)) {
        return;
    }
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, customer_notes_read(&tx, request->user_id,
                                                     query == NULL ? STR("") : query->cursor,
                                                     size + 1, &list))) {
        return;
    }
    const struct customer_note_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct note_io *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &customer_notes_shape, &page);
}

struct add_in_hand {
    struct customer_note_add add; /* first: `done` hands it back */
    struct api_request *request;
};

static void added(struct command *command) {
    struct add_in_hand *hand = (struct add_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        struct note_io out = out_of(&hand->add.row);
        reply_value(hand->request, 201, &customer_note_shape, &out);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void customer_notes_add(struct api_request *request) {
    const struct note_io *in = request->body;
    struct add_in_hand *hand = ARENA_NEW(request->arena, struct add_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->add.row = (struct customer_note_row){
        .user_id = request->values[0],
        .author = request->has_session ? request->session.person_id : STR(""),
        .note = in->note,
    };
    hand->add.command.done = added;
    customer_note_add(request->api->app, &hand->add);
}
