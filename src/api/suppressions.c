/* The addresses to which nothing is sent: their own servers have said that nobody is there. */
#include "api/resources.h"

#include "app/mail_send.h"

#define AT(member) offsetof(struct mail_suppression_row, member)
static const struct shape_field suppression_fields[] = {
    {"address", "In lower case", SHAPE_STR, .offset = AT(address), .max = LIMIT_EMAIL},
    {"reason", "What its server said", SHAPE_STR, .offset = AT(reason), .max = 1000},
    {"createdAt", "Since when", SHAPE_INSTANT, .offset = AT(created_at)},
};
#undef AT
static const struct shape suppression_shape = SHAPE(
    "Suppression", "An address without mails", struct mail_suppression_row, suppression_fields);
static const struct shape_field suppression_item = {.kind = SHAPE_OBJECT, .of = &suppression_shape};

static const struct shape_field suppressions_fields[] = {
    {"data", "By address", SHAPE_LIST, .offset = offsetof(struct page, data), .max = LIMIT_PAGE,
     .item = &suppression_item, .item_size = sizeof(struct mail_suppression_row)},
    PAGE_CURSOR_FIELD,
};
const struct shape suppressions_shape =
    SHAPE("Suppressions", "A page of addresses", struct page, suppressions_fields);

void suppressions_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    struct str after = query == NULL ? STR("") : query->cursor;
    if (reply_if_failed(request, mail_suppressions_read(&tx, after, size + 1, &list))) {
        return;
    }
    struct mail_suppression_row *rows = list.items;
    struct page page = {{rows, list.count > size ? size : list.count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = rows[size - 1].address;
    }
    reply_value(request, 200, &suppressions_shape, &page);
}

struct unsuppress_in_hand {
    struct mail_unsuppress unsuppress; /* first: `done` hands it back */
    struct api_request *request;
};

static void unsuppressed(struct command *command) {
    struct api_request *request = ((struct unsuppress_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void suppressions_delete(struct api_request *request) {
    struct unsuppress_in_hand *hand = ARENA_NEW(request->arena, struct unsuppress_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->unsuppress.address = request->values[0];
    hand->unsuppress.command.done = unsuppressed;
    mail_unsuppress(request->api->app, &hand->unsuppress);
}
