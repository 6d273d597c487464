/* /api/admin/privacy-requests: what people asked, for the operators who answer; and what operators
 * ask for a customer. */
#include "api/privacy_resources.h"

#include "app/export.h"
#include "app/privacy.h"
#include "app/privacy_clock.h"

static const char *const statuses[] = {"waiting", "running", "ready",     "done", "refused",
                                       "failed",  "expired", "cancelled", NULL};

struct requests_query {
    struct page_query page; /* first */
    int status;
    bool has_status;
};
#define AT(member) offsetof(struct requests_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many; 20 when not given", SHAPE_I64, .offset = AT(page.limit), .min = 1,
     .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "Those that stand so; all when not given", SHAPE_ENUM, .offset = AT(status),
     .names = statuses, .flags = SHAPE_OPTIONAL, .is_set = AT(has_status)},
};
#undef AT
const struct shape privacy_requests_query_shape =
    SHAPE("PrivacyRequestsQuery", "Which requests", struct requests_query, query_fields);

static const struct shape_field request_item = {.kind = SHAPE_OBJECT, .of = &privacy_request_shape};
static const struct shape_field page_fields[] = {
    {"data", "What is to be answered, the first due in front; then what was, the newest first",
     SHAPE_LIST, .offset = offsetof(struct page, data), .max = LIMIT_PAGE, .item = &request_item,
     .item_size = sizeof(struct privacy_request_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape privacy_requests_shape =
    SHAPE("PrivacyRequests", "A page of what people asked", struct page, page_fields);

void privacy_requests_list(struct api_request *request) {
    const struct requests_query *query = request->query;
    size_t size = page_size(query == NULL ? NULL : &query->page);
    struct str after = query == NULL ? STR("") : query->page.cursor;
    struct str status =
        query != NULL && query->has_status ? str_from_cstr(statuses[query->status]) : STR("");
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, privacy_requests_read(&tx, after, status, size + 1, &list))) {
        return;
    }
    const struct privacy_request_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct privacy_request_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = privacy_request_out_of(request, &rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &privacy_requests_shape, &page);
}

void privacy_requests_get(struct api_request *request) {
    struct tx tx = request_read(request);
    struct privacy_request_row row;
    bool is_found = false;
    if (reply_if_failed(request, privacy_request_read(&tx, request->values[0], &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_PRIVACY_REQUEST_NOT_FOUND);
        return;
    }
    struct privacy_request_out out = privacy_request_out_of(request, &row);
    reply_value(request, 200, &privacy_request_shape, &out);
}

void customers_export(struct api_request *request) {
    reply_export(request, request->values[0]);
}

/* Of whomever: to who asked. */
void privacy_requests_file(struct api_request *request) {
    reply_export_file(request, STR(""));
}

/* --- answering --- */

struct reason_in {
    struct str reason;
};
static const struct shape_field reason_fields[] = {
    {"reason", "Why; who asked is told", SHAPE_STR, .offset = offsetof(struct reason_in, reason),
     .min = 3, .max = 500, .flags = SHAPE_OPEN_TEXT},
};
const struct shape privacy_reason_shape = SHAPE(
    "PrivacyReason", "Why somebody waits longer, or is refused", struct reason_in, reason_fields);

struct answer_in_hand {
    struct privacy_answer answer; /* first: `done` hands it back */
    struct api_request *request;
};

static void answered(struct command *command) {
    struct answer_in_hand *hand = (struct answer_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        privacy_requests_get(hand->request);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

static void answer(struct api_request *request, bool is_refusal) {
    struct answer_in_hand *hand = ARENA_NEW(request->arena, struct answer_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->answer.id = request->values[0];
    hand->answer.reason = ((const struct reason_in *)request->body)->reason;
    hand->answer.is_refusal = is_refusal;
    hand->answer.command.done = answered;
    privacy_answer(request->api->app, &hand->answer);
}

void privacy_requests_extend(struct api_request *request) {
    answer(request, false);
}

void privacy_requests_refuse(struct api_request *request) {
    answer(request, true);
}
