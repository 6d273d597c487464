/* POST /api/webhooks/stripe: verified over the raw bytes, kept, acknowledged; applied later. */
#include "api/resources.h"

#include "api/card_numbers.h"
#include "app/webhook.h"

const struct route_media webhooks_media[] = {
    {"application/json", "{\"type\":\"object\",\"description\":\"An event of Stripe's\"}", NULL},
    {NULL, NULL, NULL},
};

struct received_out {
    bool received;
};

static const struct shape_field received_fields[] = {
    {"received", "Always true", SHAPE_BOOL, .offset = offsetof(struct received_out, received)},
};
const struct shape received_shape =
    SHAPE("Received", "The event is kept", struct received_out, received_fields);

struct receive_in_hand {
    struct webhook_receive receive; /* first: `done` hands it back */
    struct api_request *request;
};

static void kept(struct command *command) {
    struct api_request *request = ((struct receive_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE || command->outcome == OUTCOME_CREATED) {
        reply_value(request, 200, &received_shape, &(struct received_out){true});
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

static bool is_signed(struct api_request *request) {
    const struct api_webhooks *webhooks = &request->api->options.webhooks;
    struct api_signature signature = {http_header(request->http, STR("Stripe-Signature")),
                                      request->http->body, request_now(request)};
    const char *reason = "No signing secret is configured.";
    if (webhooks->verify != NULL && webhooks->verify(webhooks->context, &signature, &reason)) {
        return true;
    }
    reply_problem_detail(request, PROBLEM_SIGNATURE_INVALID, str_from_cstr(reason));
    return false;
}

/* A thin event only says where its object is found: https://docs.stripe.com/event-destinations. */
static struct str object_of(const json_t *event) {
    struct str id = json_text(event, "data.object.id");
    return id.len > 0 ? id : json_text(event, "related_object.id");
}

/* What is signed is Stripe's, so that only what we need of it is looked at. */
static bool read_event(struct api_request *request, struct webhook_receive *ret_receive) {
    struct json_problem problem;
    json_t *event CLEANUP(json_release) = json_read(request->http->body, &problem);
    if (event == NULL) {
        reply_malformed_json(request, &problem);
        return false;
    }
    struct str id = json_text(event, "id");
    struct str type = json_text(event, "type");
    if (id.len == 0 || id.len > LIMIT_STRIPE_ID || type.len == 0 || type.len > LIMIT_STRIPE_ID) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "", "an event with id and type");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return false;
    }
    ret_receive->event_id = arena_str(request->arena, id);
    ret_receive->type = arena_str(request->arena, type);
    ret_receive->object_id = arena_str(request->arena, object_of(event));
    ret_receive->customer_id = arena_str(request->arena, json_text(event, "data.object.customer"));
    ret_receive->body = without_card_numbers(request->arena, event, request->http->body);
    return true;
}

void webhooks_receive(struct api_request *request) {
    struct receive_in_hand *hand = ARENA_NEW(request->arena, struct receive_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!is_signed(request) || !read_event(request, &hand->receive)) {
        return;
    }
    hand->request = request;
    hand->receive.command.done = kept;
    webhook_receive(request->api->app, &hand->receive);
}
