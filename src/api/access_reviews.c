/* /api/admin/access-reviews: who has access, and whether they keep it. */
#include "api/evidence_resources.h"

#include "app/access_review.h"

/* --- as shown --- */

struct item_out {
    struct str id, kind, subject, name, held, decision, becomes, reason, decided_by;
    int64_t decided_at;
    bool is_decided;
};

#define AT(member) offsetof(struct item_out, member)
static const struct shape_field item_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"kind", "operator or key", SHAPE_STR, .offset = AT(kind), .max = 16},
    {"subject", "The person, or the key", SHAPE_STR, .offset = AT(subject), .max = LIMIT_RECORD_ID},
    {"name", "The person's, else their address; or the key's. Null: they are gone", SHAPE_STR,
     .offset = AT(name), .max = 254, .flags = SHAPE_NULLABLE},
    {"held",
     "The role, or the scopes, that they had when it was opened or was looked at last; "
     "empty: nothing any more",
     SHAPE_STR, .offset = AT(held), .max = 255},
    {"decision", "keep, change, revoke; overdue: nobody decided in time; null: nobody yet",
     SHAPE_STR, .offset = AT(decision), .max = 16, .flags = SHAPE_NULLABLE},
    {"becomes", "Of change: the role since", SHAPE_STR, .offset = AT(becomes), .max = 32,
     .flags = SHAPE_NULLABLE},
    {"reason", "In the words of who decided", SHAPE_STR, .offset = AT(reason), .max = 500,
     .flags = SHAPE_NULLABLE},
    {"decidedBy", "Who", SHAPE_STR, .offset = AT(decided_by), .max = LIMIT_RECORD_ID,
     .flags = SHAPE_NULLABLE},
    {"decidedAt", "When", SHAPE_INSTANT, .offset = AT(decided_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_decided)},
};
#undef AT
static const struct shape item_shape =
    SHAPE("AccessReviewItem", "Somebody, or a key, who is looked at", struct item_out, item_fields);
static const struct shape_field item_item = {.kind = SHAPE_OBJECT, .of = &item_shape};

struct review_out {
    struct str id, status, opened_by;
    int64_t opened_at, due_at, closed_at;
    bool is_closed;
    struct shape_list items;
};

#define AT(member) offsetof(struct review_out, member)
#define REVIEW_FIELDS                                                                              \
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},                           \
        {"status", "open or closed", SHAPE_STR, .offset = AT(status), .max = 16},                  \
        {"openedBy",                                                                               \
         "Who; null: by itself, or the owner of the machine",                                      \
         SHAPE_STR,                                                                                \
         .offset = AT(opened_by),                                                                  \
         .max = LIMIT_RECORD_ID,                                                                   \
         .flags = SHAPE_NULLABLE},                                                                 \
        {"openedAt", "When", SHAPE_INSTANT, .offset = AT(opened_at)},                              \
        {"dueAt", "By when all is to be decided", SHAPE_INSTANT, .offset = AT(due_at)}, {          \
        "closedAt", "When it was closed", SHAPE_INSTANT,                                           \
            .offset = AT(closed_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_closed)              \
    }
static const struct shape_field head_fields[] = {REVIEW_FIELDS};
static const struct shape head_shape =
    SHAPE("AccessReviewHead", "A review of access", struct review_out, head_fields);
static const struct shape_field review_fields[] = {
    REVIEW_FIELDS,
    {"items", "All who are looked at", SHAPE_LIST, .offset = AT(items),
     .max = ACCESS_REVIEW_ITEMS_MAX, .item = &item_item, .item_size = sizeof(struct item_out)},
};
#undef AT
const struct shape access_review_shape =
    SHAPE("AccessReview", "A review of access, with its items", struct review_out, review_fields);

static const struct shape_field head_item = {.kind = SHAPE_OBJECT, .of = &head_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &head_item, .item_size = sizeof(struct review_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape access_reviews_shape =
    SHAPE("AccessReviews", "A page of reviews of access", struct page, page_fields);

static struct review_out review_out_of(const struct access_review_row *row) {
    return (struct review_out){
        .id = id_str(&row->id),
        .status = row->status,
        .opened_by = text_or_null(row->opened_by),
        .opened_at = row->opened_at,
        .due_at = row->due_at,
        .closed_at = row->closed_at,
        .is_closed = row->closed_at != ROW_NONE,
    };
}

static struct item_out item_out_of(const struct access_review_item_row *row) {
    return (struct item_out){
        .id = id_str(&row->id),
        .kind = row->kind,
        .subject = row->subject,
        .held = row->held,
        .decision = text_or_null(row->decision),
        .becomes = text_or_null(row->becomes),
        .reason = text_or_null(row->reason),
        .decided_by = text_or_null(row->decided_by),
        .decided_at = row->decided_at,
        .is_decided = row->decided_at != ROW_NONE,
    };
}

static void reply_review(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct access_review_row row;
    struct row_list list;
    bool is_found = false;
    if (reply_if_failed(request, access_review_read(&tx, id, &row, &list, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_ACCESS_REVIEW_NOT_FOUND);
        return;
    }
    const struct access_review_item_row *rows = list.items;
    struct item_out *items = arena_array(request->arena, list.count, sizeof *items);
    for (size_t i = 0; items != NULL && i < list.count; i++) {
        items[i] = item_out_of(&rows[i]);
        if (reply_if_failed(request, access_review_name(&tx, &rows[i], &items[i].name))) {
            return;
        }
    }
    struct review_out out = review_out_of(&row);
    out.items = (struct shape_list){items, items == NULL ? 0 : list.count};
    reply_value(request, status, &access_review_shape, &out);
}

void access_reviews_get(struct api_request *request) {
    reply_review(request, 200, request->values[0]);
}

/* "~" is behind every id. */
void access_reviews_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct str before = query != NULL && query->cursor.len > 0 ? query->cursor : STR("~");
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, access_reviews_read(&tx, before, size + 1, &list))) {
        return;
    }
    const struct access_review_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct review_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = review_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &access_reviews_shape, &page);
}

/* --- opening --- */

struct open_in_hand {
    struct access_review_open open; /* first: `done` hands it back */
    struct api_request *request;
};

static void opened(struct command *command) {
    struct open_in_hand *hand = (struct open_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_review(hand->request, 201, id_str(&hand->open.id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void access_reviews_open(struct api_request *request) {
    struct open_in_hand *hand = ARENA_NEW(request->arena, struct open_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->open.command.done = opened;
    access_review_open(request->api->app, &hand->open);
}

/* --- deciding --- */

struct decision_in {
    struct str item_id, reason;
    int decision; /* enum access_decision */
    int role;
    bool has_role;
};
static const char *const decisions[] = {"keep", "change", "revoke", NULL};
static const char *const roles[] = {"admin", "finance", "support", "auditor", NULL};
static_assert(ROLE_AUDITOR == ROLE_ADMIN + 3, "a word of the list is a role");

#define AT(member) offsetof(struct decision_in, member)
static const struct shape_field decision_fields[] = {
    {"itemId", "Which", SHAPE_STR, .offset = AT(item_id), .min = 1, .max = LIMIT_RECORD_ID,
     .allowed = TEXT_TOKEN},
    {"decision", "Whether they keep what they have", SHAPE_ENUM, .offset = AT(decision),
     .names = decisions},
    {"role", "Of change: an operator's role from now on", SHAPE_ENUM, .offset = AT(role),
     .names = roles, .flags = SHAPE_OPTIONAL, .is_set = AT(has_role)},
    {"reason", "Why; kept with it", SHAPE_STR, .offset = AT(reason), .min = 1, .max = 500},
};
#undef AT
const struct shape access_decision_shape =
    SHAPE("AccessDecision", "What somebody keeps", struct decision_in, decision_fields);

struct decide_in_hand {
    struct access_review_decide decide; /* first: `done` hands it back */
    struct api_request *request;
};

static void decided(struct command *command) {
    struct decide_in_hand *hand = (struct decide_in_hand *)command;
    struct api_request *request = hand->request;
    key_cache_clear(&request->api->app->keys);
    if (command->outcome == OUTCOME_DONE) {
        reply_review(request, 200, hand->decide.review_id);
    } else if (command->outcome == OUTCOME_ACCESS_REVIEW_CHANGED) {
        const char *now = hand->decide.now_held;
        reply_problem_detail(request, OUTCOME_ACCESS_REVIEW_CHANGED,
                             arena_printf(request->arena, "They have %s by now: look once more.",
                                          now[0] == '\0' ? "nothing" : now));
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

/* False when it replied: a role goes with a change, and with nothing else. */
static bool role_fits(struct api_request *request, const struct decision_in *in) {
    struct shape_errors errors = {.count = 0};
    bool is_change = in->decision == ACCESS_CHANGE;
    if (is_change == in->has_role) {
        return true;
    }
    shape_error_add(&errors, request->arena, "/role",
                    is_change ? "a role, with the decision change"
                              : "absent, unless the decision is change");
    reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    return false;
}

/* By a person: machines review nobody. */
void access_reviews_decide(struct api_request *request) {
    const struct decision_in *in = request->body;
    struct decide_in_hand *hand = ARENA_NEW(request->arena, struct decide_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!request->has_session) {
        reply_problem(request, PROBLEM_SESSION_MISSING);
        return;
    }
    if (!role_fits(request, in)) {
        return;
    }
    hand->request = request;
    hand->decide.review_id = request->values[0];
    hand->decide.item_id = in->item_id;
    hand->decide.decision = (enum access_decision)in->decision;
    hand->decide.becomes = in->has_role ? (enum role)((int)ROLE_ADMIN + in->role) : ROLE_NONE;
    hand->decide.reason = in->reason;
    hand->decide.person_id = request->session.person_id;
    hand->decide.command.done = decided;
    access_review_decide(request->api->app, &hand->decide);
}
