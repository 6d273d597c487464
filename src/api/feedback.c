/* /api/billing/feedback: what customers say, and whether they are asked. */
#include "api/feedback_resources.h"

#include "api/resources.h"
#include "base/rfc3339.h"

const char *const feedback_kind_names[] = {"cancel", "nps", "text", NULL};
const char *const feedback_cause_names[] = {"upgrade", "cancel", "demand", "own", NULL};
const char *const feedback_status_names[] = {"new", "replied", "closed", NULL};
const char *const feedback_reason_names[] = {
    "customer_service", "low_quality",   "missing_features", "other", "switched_service",
    "too_complex",      "too_expensive", "unused",           NULL};
const char *const feedback_band_names[] = {"none", "1_49", "50_199", "200_499", "500_up", NULL};
static const char *const asking_names[] = {"ask", "not_allowed", "no_occasion", "asked_lately",
                                           NULL};

const struct shape_field feedback_theme_item = {
    .kind = SHAPE_STR,
    .min = 1,
    .max = FEEDBACK_THEME_LENGTH,
    .allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-",
};

struct shape_list feedback_theme_list(struct arena *arena, struct str themes) {
    struct str *items = arena_array(arena, FEEDBACK_THEMES_MAX, sizeof *items);
    struct shape_list list = {items, 0};
    while (items != NULL && themes.len > 0 && list.count < FEEDBACK_THEMES_MAX) {
        items[list.count++] = str_cut(&themes, ' ');
    }
    return list;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

struct str feedback_trimmed(struct str text) {
    while (text.len > 0 && is_blank(text.bytes[0])) {
        text = str_of(text.bytes + 1, text.len - 1);
    }
    while (text.len > 0 && is_blank(text.bytes[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* --- as a customer sees it --- */

struct feedback_out {
    struct str id, comment, page, reply;
    int kind, status, reason;
    int64_t score, created_at, replied_at;
    bool has_score, has_reason, is_replied;
};
#define AT(member) offsetof(struct feedback_out, member)
static const struct shape_field feedback_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"kind", "cancel: why a plan was cancelled; nps: a score; text: words", SHAPE_ENUM,
     .offset = AT(kind), .names = feedback_kind_names},
    {"status", "new, replied by mail, or closed", SHAPE_ENUM, .offset = AT(status),
     .names = feedback_status_names},
    {"score", "0: not at all likely, to 10: very likely to recommend", SHAPE_I64,
     .offset = AT(score), .flags = SHAPE_NULLABLE, .is_set = AT(has_score)},
    {"reason", "Of a cancellation, in Stripe's word", SHAPE_ENUM, .offset = AT(reason),
     .names = feedback_reason_names, .flags = SHAPE_NULLABLE, .is_set = AT(has_reason)},
    {"comment", "In the customer's words", SHAPE_STR, .offset = AT(comment),
     .max = FEEDBACK_TEXT_MAX, .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"page", "What it is about", SHAPE_STR, .offset = AT(page), .max = FEEDBACK_PAGE_MAX,
     .flags = SHAPE_NULLABLE},
    {"reply", "What was answered by mail", SHAPE_STR, .offset = AT(reply), .max = FEEDBACK_TEXT_MAX,
     .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"repliedAt", "When", SHAPE_INSTANT, .offset = AT(replied_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_replied)},
    {"createdAt", "When it was said", SHAPE_INSTANT, .offset = AT(created_at)},
};
#undef AT
const struct shape feedback_shape =
    SHAPE("Feedback", "What the customer said", struct feedback_out, feedback_fields);
static const struct shape_field feedback_item = {.kind = SHAPE_OBJECT, .of = &feedback_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &feedback_item, .item_size = sizeof(struct feedback_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape feedback_page_shape =
    SHAPE("FeedbackPage", "A page of what the customer said", struct page, page_fields);

static struct feedback_out out_of(const struct feedback_row *row) {
    return (struct feedback_out){
        .id = id_str(&row->id),
        .comment = text_or_null(row->comment),
        .page = text_or_null(row->page),
        .reply = text_or_null(row->reply),
        .kind = row->kind,
        .status = row->status,
        .reason = row->reason,
        .score = row->score,
        .created_at = row->created_at,
        .replied_at = row->replied_at,
        .has_score = row->score != ROW_NONE,
        .has_reason = row->reason >= 0,
        .is_replied = row->replied_at != ROW_NONE,
    };
}

void feedback_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, feedback_said_read(&tx, request->user_id,
                                                    query == NULL ? STR("") : query->cursor,
                                                    size + 1, &list))) {
        return;
    }
    const struct feedback_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct feedback_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &feedback_page_shape, &page);
}

/* --- saying --- */

struct feedback_in {
    struct str comment, page;
    int64_t score;
    bool has_score, may_reply, is_agreed;
};
#define AT(member) offsetof(struct feedback_in, member)
static const struct shape_field in_fields[] = {
    {"score", "How likely the customer is to recommend the service; not given: words alone",
     SHAPE_I64, .offset = AT(score), .min = 0, .max = FEEDBACK_SCORE_MAX, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_score)},
    {"comment", "In the customer's words; needed without a score", SHAPE_STR, .offset = AT(comment),
     .max = FEEDBACK_TEXT_MAX, .flags = SHAPE_OPTIONAL | SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
    {"page", "The path of the page that it is about: /billing/usage", SHAPE_STR, .offset = AT(page),
     .min = 1, .max = FEEDBACK_PAGE_MAX,
     .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_.-",
     .flags = SHAPE_OPTIONAL},
    {"consent", "true: they agree that it is kept and read, with their plan", SHAPE_BOOL,
     .offset = AT(is_agreed)},
    {"mayReply", "A mail may answer it", SHAPE_BOOL, .offset = AT(may_reply),
     .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape feedback_in_shape =
    SHAPE("FeedbackAdd", "What is to be said", struct feedback_in, in_fields);

/* What no table says. False, with a reply. */
static bool check_in(struct api_request *request, const struct feedback_in *in) {
    struct shape_errors errors = {.count = 0};
    if (!in->is_agreed) {
        shape_error_add(&errors, request->arena, "/consent", "true");
    }
    if (!in->has_score && feedback_trimmed(in->comment).len == 0) {
        shape_error_add(&errors, request->arena, "/comment", "words, or a score");
    }
    if (in->page.len > 0 && in->page.bytes[0] != '/') {
        shape_error_add(&errors, request->arena, "/page", "a path: /billing/usage");
    }
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    }
    return errors.count == 0;
}

/* With the moment from which on it may be tried again. */
static void reply_not_before(struct api_request *request, enum outcome outcome, struct instant at) {
    char text[RFC3339_SIZE];
    rfc3339_format(at.ms, text);
    reply_problem_detail(request, (int)outcome,
                         arena_printf(request->arena, "%s The next is taken from %s on.",
                                      outcome_text(outcome), text));
}

struct say_in_hand {
    struct feedback_say say; /* first: `done` hands it back */
    struct api_request *request;
};

static void said(struct command *command) {
    struct say_in_hand *hand = (struct say_in_hand *)command;
    enum outcome outcome = command->outcome;
    if (outcome == OUTCOME_CREATED) {
        struct feedback_out out = out_of(&hand->say.row);
        reply_value(hand->request, 201, &feedback_shape, &out);
    } else if (outcome == OUTCOME_FEEDBACK_TOO_OFTEN || outcome == OUTCOME_FEEDBACK_SCORED_LATELY) {
        reply_not_before(hand->request, outcome, hand->say.not_before);
    } else {
        reply_problem(hand->request, (int)outcome);
    }
}

void feedback_add(struct api_request *request) {
    const struct feedback_in *in = request->body;
    struct say_in_hand *hand = ARENA_NEW(request->arena, struct say_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!check_in(request, in)) {
        return;
    }
    hand->request = request;
    hand->say.row = (struct feedback_row){
        .user_id = request->user_id,
        .person_id = request->has_session ? request->session.person_id : STR(""),
        .kind = in->has_score ? FEEDBACK_NPS : FEEDBACK_TEXT,
        .score = in->has_score ? in->score : ROW_NONE,
        .comment = feedback_trimmed(in->comment),
        .page = in->page,
        .may_reply = in->may_reply,
        .request_key = request->idempotency_key,
    };
    hand->say.arena = request->arena;
    hand->say.command.done = said;
    feedback_say(request->api->app, &hand->say);
}

/* --- being asked --- */

struct question_out {
    int asking, cause;
    bool is_asked, is_new;
};
#define AT(member) offsetof(struct question_out, member)
static const struct shape_field question_fields[] = {
    {"ask",
     "ask: how likely they are to recommend the service; not_allowed: nobody has agreed to be "
     "asked for an opinion; no_occasion: nothing led to a question; asked_lately: 90 days are not "
     "over",
     SHAPE_ENUM, .offset = AT(asking), .names = asking_names},
    {"cause", "What led to it", SHAPE_ENUM, .offset = AT(cause), .names = feedback_cause_names,
     .flags = SHAPE_NULLABLE, .is_set = AT(is_asked)},
    {"isNew", "It was not put before: whoever puts it says so", SHAPE_BOOL, .offset = AT(is_new)},
};
#undef AT
const struct shape feedback_question_shape = SHAPE(
    "FeedbackQuestion", "Whether the customer is asked", struct question_out, question_fields);

struct ask_in_hand {
    struct feedback_ask ask; /* first: `done` hands it back */
    struct api_request *request;
};

static void asked(struct command *command) {
    struct ask_in_hand *hand = (struct ask_in_hand *)command;
    struct question_out out = {
        .asking = (int)hand->ask.asking,
        .cause = (int)hand->ask.cause,
        .is_asked = hand->ask.asking == FEEDBACK_ASK,
    };
    if (command->outcome == OUTCOME_DONE) {
        reply_value(hand->request, 200, &feedback_question_shape, &out);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void feedback_question_look(struct api_request *request) {
    struct feedback_due due;
    struct tx tx = request_read(request);
    if (!has_customer(request) ||
        reply_if_failed(request, feedback_due_read(&tx, request->user_id, &due))) {
        return;
    }
    bool is_asked = due.asking == FEEDBACK_ASK;
    struct question_out out = {
        .asking = (int)due.asking,
        .cause = (int)due.cause,
        .is_asked = is_asked,
        .is_new = is_asked && due.is_new,
    };
    reply_value(request, 200, &feedback_question_shape, &out);
}

void feedback_question(struct api_request *request) {
    struct ask_in_hand *hand = COMMAND_NEW(request->arena, struct ask_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->ask.user_id = request->user_id;
    hand->ask.command.done = asked;
    feedback_ask(request->api->app, &hand->ask);
}

struct later_in_hand {
    struct feedback_put_off put_off; /* first: `done` hands it back */
    struct api_request *request;
};

static void put_aside(struct command *command) {
    struct api_request *request = ((struct later_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void feedback_later(struct api_request *request) {
    struct later_in_hand *hand = COMMAND_NEW(request->arena, struct later_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->put_off.user_id = request->user_id;
    hand->put_off.command.done = put_aside;
    feedback_put_off(request->api->app, &hand->put_off);
}
