/* /api/admin/breaches: breaches of personal data, their clock, whom they affect, and who was told.
 */
#include "api/breach_resources.h"

#include "app/breach.h"
#include "base/csv.h"

enum { WORDS_MAX = 4000, TITLE_MAX = 200, CSV_ROWS = 10000, CSV_MAX = 4 << 20 };

/* --- a breach --- */

struct breach_out {
    struct str id, title, description, categories, created_by, closed_by, reference, conclusion;
    int64_t known_at, due_at, created_at, closed_at, authority_told_at, people_told_at;
    bool is_closed, is_authority_told, are_people_told, is_overdue;
};
#define AT(member) offsetof(struct breach_out, member)
static const struct shape_field breach_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"title", "In a few words", SHAPE_STR, .offset = AT(title), .max = TITLE_MAX},
    {"description", "What happened", SHAPE_STR, .offset = AT(description), .max = WORDS_MAX,
     .flags = SHAPE_OPEN_TEXT},
    {"categories", "Of data and people, in words", SHAPE_STR, .offset = AT(categories),
     .max = TITLE_MAX},
    {"knownAt", "Since when it is known", SHAPE_INSTANT, .offset = AT(known_at)},
    {"dueAt", "By when the authority is to be told: 72 hours later", SHAPE_INSTANT,
     .offset = AT(due_at)},
    {"isOverdue", "That is over, and nobody has closed it", SHAPE_BOOL, .offset = AT(is_overdue)},
    {"createdBy", "Who wrote it down; null: the owner of the machine", SHAPE_STR,
     .offset = AT(created_by), .max = 64, .flags = SHAPE_NULLABLE},
    {"createdAt", "When", SHAPE_INSTANT, .offset = AT(created_at)},
    {"closedBy", "Who closed it", SHAPE_STR, .offset = AT(closed_by), .max = 64,
     .flags = SHAPE_NULLABLE},
    {"closedAt", "When; null: it is open", SHAPE_INSTANT, .offset = AT(closed_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_closed)},
    {"authorityToldAt", "When the authority was told; null: it was not", SHAPE_INSTANT,
     .offset = AT(authority_told_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_authority_told)},
    {"authorityReference", "Its number for it", SHAPE_STR, .offset = AT(reference),
     .max = TITLE_MAX, .flags = SHAPE_NULLABLE},
    {"peopleToldAt", "When the people were told; null: they were not", SHAPE_INSTANT,
     .offset = AT(people_told_at), .flags = SHAPE_NULLABLE, .is_set = AT(are_people_told)},
    {"conclusion", "What came of it, and why somebody was not told, or late", SHAPE_STR,
     .offset = AT(conclusion), .max = WORDS_MAX, .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
};
#undef AT
const struct shape breach_shape =
    SHAPE("Breach", "A breach of personal data", struct breach_out, breach_fields);
static const struct shape_field breach_item = {.kind = SHAPE_OBJECT, .of = &breach_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &breach_item, .item_size = sizeof(struct breach_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape breaches_shape =
    SHAPE("Breaches", "A page of breaches", struct page, page_fields);

static struct breach_out breach_out_of(const struct api_request *request,
                                       const struct breach_row *row) {
    bool is_closed = row->closed_at != ROW_NONE;
    return (struct breach_out){
        .id = id_str(&row->id),
        .title = row->title,
        .description = row->description,
        .categories = row->categories,
        .created_by = text_or_null(row->created_by),
        .closed_by = text_or_null(row->closed_by),
        .reference = text_or_null(row->authority_reference),
        .conclusion = text_or_null(row->conclusion),
        .known_at = row->known_at,
        .due_at = row->due_at,
        .created_at = row->created_at,
        .closed_at = row->closed_at,
        .authority_told_at = row->authority_told_at,
        .people_told_at = row->people_told_at,
        .is_closed = is_closed,
        .is_authority_told = row->authority_told_at != ROW_NONE,
        .are_people_told = row->people_told_at != ROW_NONE,
        .is_overdue = !is_closed && row->due_at < request_now(request).ms,
    };
}

static void reply_breach(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct breach_row row;
    bool is_found = false;
    if (reply_if_failed(request, breach_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_BREACH_NOT_FOUND);
        return;
    }
    struct breach_out out = breach_out_of(request, &row);
    reply_value(request, status, &breach_shape, &out);
}

void breaches_get(struct api_request *request) {
    reply_breach(request, 200, request->values[0]);
}

void breaches_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct str before = query == NULL || query->cursor.len == 0 ? STR("~") : query->cursor;
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, breaches_read(&tx, before, size + 1, &list))) {
        return;
    }
    const struct breach_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct breach_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = breach_out_of(request, &rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &breaches_shape, &page);
}

/* --- opening --- */

struct breach_in {
    struct str title, description, categories;
    int64_t known_at;
};
#define AT(member) offsetof(struct breach_in, member)
static const struct shape_field in_fields[] = {
    {"title", "In a few words", SHAPE_STR, .offset = AT(title), .min = 3, .max = TITLE_MAX,
     .flags = SHAPE_PERSONAL},
    {"description", "What happened", SHAPE_STR, .offset = AT(description), .min = 3,
     .max = WORDS_MAX, .flags = SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
    {"categories", "Of data and people, in words", SHAPE_STR, .offset = AT(categories), .min = 3,
     .max = TITLE_MAX},
    {"knownAt", "Since when it is known: the 72 hours begin", SHAPE_INSTANT,
     .offset = AT(known_at)},
};
#undef AT
const struct shape breach_in_shape =
    SHAPE("BreachRequest", "What is known of a breach", struct breach_in, in_fields);

struct open_in_hand {
    struct breach_open open; /* first: `done` hands it back */
    struct api_request *request;
};

static void opened(struct command *command) {
    struct open_in_hand *hand = (struct open_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_breach(hand->request, 201, id_str(&hand->open.row.id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void breaches_post(struct api_request *request) {
    const struct breach_in *in = request->body;
    struct open_in_hand *hand = ARENA_NEW(request->arena, struct open_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->open.row.title = in->title;
    hand->open.row.description = in->description;
    hand->open.row.categories = in->categories;
    hand->open.row.known_at = in->known_at;
    hand->open.command.done = opened;
    breach_open(request->api->app, &hand->open);
}

/* --- closing --- */

struct close_in {
    struct str reference, conclusion;
    int64_t authority_told_at, people_told_at;
    bool is_authority_told, are_people_told;
};
#define AT(member) offsetof(struct close_in, member)
static const struct shape_field close_fields[] = {
    {"authorityToldAt", "When the authority was told; null: it was not", SHAPE_INSTANT,
     .offset = AT(authority_told_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_authority_told)},
    {"authorityReference", "Its number for it", SHAPE_STR, .offset = AT(reference), .min = 1,
     .max = TITLE_MAX, .flags = SHAPE_OPTIONAL | SHAPE_REFERENCE},
    {"peopleToldAt", "When the people were told; null: they were not", SHAPE_INSTANT,
     .offset = AT(people_told_at), .flags = SHAPE_NULLABLE, .is_set = AT(are_people_told)},
    {"conclusion", "What came of it, and why somebody was not told, or late", SHAPE_STR,
     .offset = AT(conclusion), .min = 3, .max = WORDS_MAX,
     .flags = SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
};
#undef AT
const struct shape breach_close_shape =
    SHAPE("BreachClosing", "Who was told of a breach", struct close_in, close_fields);

struct close_in_hand {
    struct breach_close close; /* first: `done` hands it back */
    struct api_request *request;
};

static void closed(struct command *command) {
    struct close_in_hand *hand = (struct close_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_breach(hand->request, 200, hand->close.id);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void breaches_close(struct api_request *request) {
    const struct close_in *in = request->body;
    struct close_in_hand *hand = ARENA_NEW(request->arena, struct close_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->close.id = request->values[0];
    hand->close.authority_reference = in->reference;
    hand->close.conclusion = in->conclusion;
    hand->close.authority_told_at = in->is_authority_told ? in->authority_told_at : ROW_NONE;
    hand->close.people_told_at = in->are_people_told ? in->people_told_at : ROW_NONE;
    hand->close.command.done = closed;
    breach_close(request->api->app, &hand->close);
}

/* --- whom it affects --- */

static const char *const reaches[] = {"all",   "actor",          "key",     "invoices",
                                      "mails", "paymentMethods", "origins", NULL};
static_assert(ARRAY_LEN(reaches) == BREACH_REACH_COUNT + 1, "in the order of the enum");
static const char *const formats[] = {"json", "csv", NULL};

struct affected_query {
    struct page_query page; /* first: page_size() reads it */
    int by, format;
    struct str of;
    int64_t from, to;
    bool has_from, has_to;
};
#define AT(member) offsetof(struct affected_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many; 20 when not given", SHAPE_I64, .offset = AT(page.limit), .min = 1,
     .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .flags = SHAPE_IDENTIFIER | SHAPE_OPTIONAL},
    {"by",
     "all: who was here by then; actor: for whom an API key or a person acted, by the audit log; "
     "key: whose keys are wrapped under one from outside; the others: who has rows of that kind",
     SHAPE_ENUM, .offset = AT(by), .names = reaches},
    {"of", "The actor's id, or the key's name in GET /api/admin/keyring", SHAPE_STR,
     .offset = AT(of), .min = 1, .max = 64, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"from", "From then on; always when not given", SHAPE_INSTANT, .offset = AT(from),
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_from)},
    {"to", "Until then; now when not given", SHAPE_INSTANT, .offset = AT(to),
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_to)},
    {"format", "json when not given; csv: 10,000 at once", SHAPE_ENUM, .offset = AT(format),
     .names = formats, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape breach_affected_query_shape =
    SHAPE("BreachAffectedQuery", "Who is asked for", struct affected_query, query_fields);

#define AT(member) offsetof(struct breach_contact, member)
static const struct shape_field contact_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"name", "Null: erased", SHAPE_STR, .offset = AT(name), .max = 1000, .flags = SHAPE_NULLABLE},
    {"email", "Where to write; null: erased", SHAPE_STR, .offset = AT(email), .max = 1000,
     .flags = SHAPE_NULLABLE},
    {"language", "In which", SHAPE_STR, .offset = AT(language), .max = 16, .flags = SHAPE_NULLABLE},
    {"country", "ISO 3166-1", SHAPE_STR, .offset = AT(country), .max = 2, .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape contact_shape =
    SHAPE("BreachContact", "A customer whom it affects", struct breach_contact, contact_fields);
static const struct shape_field contact_item = {.kind = SHAPE_OBJECT, .of = &contact_shape};
static const struct shape_field affected_fields[] = {
    {"data", "By userId", SHAPE_LIST, .offset = offsetof(struct page, data), .max = LIMIT_PAGE,
     .item = &contact_item, .item_size = sizeof(struct breach_contact)},
    PAGE_CURSOR_FIELD,
};
const struct shape breach_affected_shape =
    SHAPE("BreachAffected", "A page of customers whom it affects", struct page, affected_fields);

static void reply_table(struct api_request *request, const struct row_list *list, size_t size) {
    struct buf out CLEANUP(buf_finish);
    const struct breach_contact *rows = list->items;
    size_t count = list->count > size ? size : list->count;
    buf_init(&out, request->api->env, CSV_MAX);
    buf_add(&out, STR("userId,name,email,language,country\r\n"));
    for (size_t i = 0; i < count; i++) {
        csv_cell(&out, rows[i].user_id, false);
        csv_cell(&out, rows[i].name, false);
        csv_cell(&out, rows[i].email, false);
        csv_cell(&out, rows[i].language, false);
        csv_cell(&out, rows[i].country, true);
    }
    struct http_response response = {.status = 200, .body = buf_str(&out)};
    http_add_header(&response, STR("Content-Type"), STR("text/csv; charset=utf-8"));
    http_add_header(&response, STR("Content-Disposition"),
                    STR("attachment; filename=\"affected.csv\""));
    if (list->count > size) {
        http_add_header(&response, STR("Turnpike-Next-Cursor"), rows[size - 1].user_id);
    }
    if (out.has_failed) {
        reply_problem(request, PROBLEM_INTERNAL);
    } else {
        reply_response(request, &response);
    }
}

static void reply_page(struct api_request *request, const struct row_list *list, size_t size) {
    struct breach_contact *rows = list->items;
    size_t count = list->count > size ? size : list->count;
    struct page page = {{rows, count}, {NULL, 0}};
    for (size_t i = 0; i < count; i++) {
        rows[i].name = text_or_null(rows[i].name);
        rows[i].email = text_or_null(rows[i].email);
        rows[i].language = text_or_null(rows[i].language);
        rows[i].country = text_or_null(rows[i].country);
    }
    if (list->count > size) {
        page.next_cursor = rows[size - 1].user_id;
    }
    reply_value(request, 200, &breach_affected_shape, &page);
}

/* Who is asked for by an id must say which. */
static bool is_asked_well(struct api_request *request, const struct affected_query *in) {
    struct shape_errors errors = {.count = 0};
    bool needs_id = in->by == BREACH_ACTOR || in->by == BREACH_KEK;
    if (needs_id && in->of.len == 0) {
        shape_error_add(&errors, request->arena, "/of", "the id of the actor or of the key");
        reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    }
    return errors.count == 0;
}

void breaches_affected(struct api_request *request) {
    const struct affected_query *in = request->query;
    bool is_table = in->format == 1;
    size_t size = is_table ? CSV_ROWS : page_size(&in->page);
    const struct breach_query query = {
        .reach = (enum breach_reach)in->by,
        .of = in->of,
        .from = in->has_from ? in->from : 0,
        .to = in->has_to ? in->to : request_now(request).ms,
        .after = in->page.cursor,
    };
    struct tx tx = request_read(request);
    struct breach_row breach;
    struct row_list list;
    bool is_found = false;
    if (!is_asked_well(request, in) ||
        reply_if_failed(request, breach_read(&tx, request->values[0], &breach, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_BREACH_NOT_FOUND);
        return;
    }
    if (reply_if_failed(request, breach_contacts(&tx, &query, size + 1, &list))) {
        return;
    }
    if (is_table) {
        reply_table(request, &list, size);
    } else {
        reply_page(request, &list, size);
    }
}
