/* /unsubscribe/:token: the link at the foot of mails that a customer may do without. GET asks,
 * since what opens mails before people do opens their links too; POST does it, from the page or
 * from the mail program's own button (RFC 8058), which sends no more than that. */
#include "api/resources.h"

#include "app/mail_optout.h"

const struct route_media unsubscribe_media[] = {
    {"application/x-www-form-urlencoded", "{\"type\":\"object\"}", NULL},
    {NULL, NULL, NULL},
};

static void reply_page(struct api_request *request, int status, const char *title,
                       const char *content) {
    struct http_response response = {
        .status = status,
        .body = arena_printf(request->arena,
                             "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                             "<meta name=\"viewport\" content=\"width=device-width\">"
                             "<meta name=\"color-scheme\" content=\"light dark\">"
                             "<meta name=\"robots\" content=\"noindex\"><title>%s</title>"
                             "<main><h1>%s</h1>%s</main><footer><p><a href=\"/accessibility\">"
                             "Accessibility</a></p></footer></html>",
                             title, title, content),
    };
    http_add_header(&response, STR("Content-Type"), STR("text/html; charset=utf-8"));
    reply_as(request, HEADERS_FORM_PAGE, &response);
}

static void reply_invalid(struct api_request *request) {
    reply_page(request, 410, "This link is not valid",
               "<p>It is not one of ours, or it was cut short on the way. Open it once more from "
               "the mail.</p>");
}

void unsubscribe_ask(struct api_request *request) {
    struct str user_id;
    enum mail_kind kind;
    if (!mail_unsubscribe_read(request->api->app, request->arena, request->values[0], &user_id,
                               &kind)) {
        reply_invalid(request);
        return;
    }
    reply_page(request, 200, "No more of these mails?",
               "<p>You will still be told of what concerns your access, your data and your "
               "money.</p><form method=\"post\"><button>Stop these mails</button></form>");
}

struct unsubscribe_in_hand {
    struct mail_unsubscribe unsubscribe; /* first: `done` hands it back */
    struct api_request *request;
};

static void unsubscribed(struct command *command) {
    struct api_request *request = ((struct unsubscribe_in_hand *)command)->request;
    if (command->outcome == OUTCOME_LINK_INVALID) {
        reply_invalid(request);
    } else if (command->outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->outcome);
    } else {
        reply_page(request, 200, "Done", "<p>You will get no more of these mails.</p>");
    }
}

void unsubscribe_do(struct api_request *request) {
    struct unsubscribe_in_hand *hand = ARENA_NEW(request->arena, struct unsubscribe_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->unsubscribe.token = request->values[0];
    hand->unsubscribe.command.done = unsubscribed;
    mail_unsubscribe(request->api->app, &hand->unsubscribe);
}
