#include "stripe/answer.h"

#include "base/check.h"

/* --- outcomes --- */

static bool has_code(const json_t *error, const char *code) {
    return str_equal(json_text(error, "code"), str_from_cstr(code));
}

/* Refusals are for good; a conflict (409), a rate limit or a lock (429), a failure at Stripe's side
 * (5xx, 424) and everything that is not Stripe speaking leave it open whether it happened. */
static enum payments_outcome refusal(int status, const json_t *error) {
    switch (status) {
    case 400: /* also idempotency_error: the key was used for another request */
    case 401:
    case 403:
        return PAYMENTS_REFUSED;
    case 402:
        return PAYMENTS_DECLINED;
    case 404:
        return has_code(error, "resource_missing") ? PAYMENTS_MISSING : PAYMENTS_REFUSED;
    default:
        return PAYMENTS_UNKNOWN;
    }
}

enum payments_outcome answer_outcome(const struct stripe_response *response) {
    if (!json_is_object(response->body)) {
        return PAYMENTS_UNKNOWN;
    }
    if (response->status >= 200 && response->status < 300) {
        return PAYMENTS_DONE;
    }
    const json_t *error = json_at(response->body, "error");
    return json_is_object(error) ? refusal(response->status, error) : PAYMENTS_UNKNOWN;
}

const char *outcome_name(enum payments_outcome outcome) {
    static const char *const names[] = {
        [PAYMENTS_DONE] = "done",
        [PAYMENTS_DECLINED] = "declined",
        [PAYMENTS_ACTION_REQUIRED] = "action_required",
        [PAYMENTS_MISSING] = "missing",
        [PAYMENTS_REFUSED] = "refused",
        [PAYMENTS_UNKNOWN] = "unknown",
    };
    return names[outcome];
}

void answer_read_error(const json_t *error, struct payments_answer *answer) {
    answer->code = json_text(error, "code");
    answer->decline_code = json_text(error, "decline_code");
    answer->message = json_text(error, "message");
}

bool answer_asks_customer(const struct payments_answer *answer) {
    return str_equal(answer->code, STR("authentication_required")) ||
           str_equal(answer->decline_code, STR("authentication_required")) ||
           str_equal(answer->code, STR("invoice_payment_intent_requires_action")) ||
           str_equal(answer->code, STR("subscription_payment_intent_requires_action"));
}

/* --- objects --- */

typedef enum object_result reader(const json_t *body, struct arena *arena,
                                  struct payments_answer *answer);

static enum object_result read_customer(const json_t *body, struct arena *arena,
                                        struct payments_answer *answer) {
    (void)arena;
    answer->customer_id = json_text(body, "id");
    return object_is(body, "customer") ? OBJECT_READ : OBJECT_NOT_IT;
}

static enum object_result read_price(const json_t *body, struct arena *arena,
                                     struct payments_answer *answer) {
    (void)arena;
    answer->price_id = json_text(body, "id");
    return object_is(body, "price") ? OBJECT_READ : OBJECT_NOT_IT;
}

static enum object_result read_price_list(const json_t *body, struct arena *arena,
                                          struct payments_answer *answer) {
    const json_t *data = json_at(body, "data");
    if (!json_is_array(data)) {
        return OBJECT_NOT_IT;
    }
    return json_array_size(data) == 0 ? OBJECT_READ
                                      : read_price(json_array_get(data, 0), arena, answer);
}

static enum object_result read_method(const json_t *body, struct arena *arena,
                                      struct payments_answer *answer) {
    (void)arena;
    enum object_result result = object_read_method(body, &answer->method);
    answer->has_method = result == OBJECT_READ;
    return result;
}

/* With its method, once that is ready. Before, the last error says why it is not, if one does. */
static enum object_result read_setup_intent(const json_t *body, struct arena *arena,
                                            struct payments_answer *answer) {
    struct payments_setup_intent *intent = &answer->setup_intent;
    const json_t *method = json_at(body, "payment_method");
    intent->id = json_text(body, "id");
    intent->customer_id = object_reference(body, "customer");
    intent->status = json_text(body, "status");
    intent->client_secret = json_text(body, "client_secret");
    if (!object_is(body, "setup_intent") || intent->status.len == 0) {
        return OBJECT_NOT_IT;
    }
    answer->has_setup_intent = true;
    if (!str_equal(intent->status, STR("succeeded"))) {
        answer_read_error(json_at(body, "last_setup_error"), answer);
        return OBJECT_READ;
    }
    return json_is_object(method) ? read_method(method, arena, answer) : OBJECT_READ;
}

/* Without its secret nobody can go on with it. */
static enum object_result read_setup_made(const json_t *body, struct arena *arena,
                                          struct payments_answer *answer) {
    enum object_result result = read_setup_intent(body, arena, answer);
    return answer->setup_intent.client_secret.len > 0 ? result : OBJECT_NOT_IT;
}

static enum object_result read_session(const json_t *body, struct arena *arena,
                                       struct payments_answer *answer) {
    (void)arena;
    answer->url = json_text(body, "url");
    bool is_it = object_is(body, "checkout.session") && answer->url.len > 0 &&
                 object_instant(body, "expires_at", &answer->expires_at);
    return is_it ? OBJECT_READ : OBJECT_NOT_IT;
}

static enum object_result read_invoice(const json_t *body, struct arena *arena,
                                       struct payments_answer *answer) {
    enum object_result result = object_read_invoice(body, arena, &answer->invoice);
    answer->has_invoice = result == OBJECT_READ;
    return result;
}

static enum object_result read_dispute(const json_t *body, struct arena *arena,
                                       struct payments_answer *answer) {
    (void)arena;
    enum object_result result = object_read_dispute(body, &answer->dispute);
    answer->has_dispute = result == OBJECT_READ;
    answer->has_charge = answer->has_dispute && object_read_charge(json_at(body, "charge"),
                                                                   &answer->charge) == OBJECT_READ;
    return result;
}

/* With the latest invoice, when that was expanded. */
static enum object_result read_subscription(const json_t *body, struct arena *arena,
                                            struct payments_answer *answer) {
    enum object_result result = object_read_subscription(body, &answer->subscription);
    answer->has_subscription = result == OBJECT_READ;
    const json_t *invoice = json_at(body, "latest_invoice");
    if (result == OBJECT_READ && json_is_object(invoice)) {
        result = read_invoice(invoice, arena, answer);
    }
    return result;
}

static enum object_result read_customer_object(const json_t *body, struct arena *arena,
                                               struct payments_answer *answer) {
    (void)arena;
    enum object_result result = object_read_customer(body, &answer->customer);
    const json_t *method = json_at(body, "invoice_settings.default_payment_method");
    answer->has_customer = result == OBJECT_READ;
    answer->has_method = result == OBJECT_READ && json_is_object(method) &&
                         object_read_method(method, &answer->method) == OBJECT_READ;
    return result;
}

static enum object_result read_charge(const json_t *body, struct arena *arena,
                                      struct payments_answer *answer) {
    (void)arena;
    enum object_result result = object_read_charge(body, &answer->charge);
    answer->has_charge = result == OBJECT_READ;
    return result;
}

static enum object_result read_refund(const json_t *body, struct arena *arena,
                                      struct payments_answer *answer) {
    (void)arena;
    enum object_result result = object_read_refund(body, &answer->refund);
    answer->has_refund = result == OBJECT_READ;
    return result;
}

/* --- lists --- */

static bool read_page(const json_t *body, struct payments_answer *answer, const json_t **ret_data) {
    const json_t *data = json_at(body, "data");
    if (!json_is_array(data)) {
        return false;
    }
    size_t count = json_array_size(data);
    answer->has_more = json_flag(body, "has_more", false) && count > 0;
    answer->next = count == 0 ? STR("") : json_text(json_array_get(data, count - 1), "id");
    *ret_data = data;
    return true;
}

/* What cannot be represented is an item too, by its id: who walks the list must know of it. */
static enum object_result read_items(const json_t *body, struct arena *arena, reader *read,
                                     struct payments_answer *answer) {
    const json_t *data = NULL;
    if (!read_page(body, answer, &data)) {
        return OBJECT_NOT_IT;
    }
    size_t count = json_array_size(data);
    struct payments_answer *items = arena_array(arena, count + 1, sizeof *items);
    for (size_t i = 0; items != NULL && i < count; i++) {
        items[i] = (struct payments_answer){.outcome = PAYMENTS_DONE};
        if (read(json_array_get(data, i), arena, &items[i]) != OBJECT_READ) {
            items[i] =
                (struct payments_answer){.unreadable = json_text(json_array_get(data, i), "id")};
        }
    }
    answer->items = items;
    answer->item_count = items == NULL ? 0 : count;
    return OBJECT_READ;
}

static enum object_result read_customers(const json_t *body, struct arena *arena,
                                         struct payments_answer *answer) {
    return read_items(body, arena, read_customer_object, answer);
}

static enum object_result read_subscriptions(const json_t *body, struct arena *arena,
                                             struct payments_answer *answer) {
    return read_items(body, arena, read_subscription, answer);
}

static enum object_result read_invoices(const json_t *body, struct arena *arena,
                                        struct payments_answer *answer) {
    return read_items(body, arena, read_invoice, answer);
}

static enum object_result read_charges(const json_t *body, struct arena *arena,
                                       struct payments_answer *answer) {
    return read_items(body, arena, read_charge, answer);
}

static enum object_result read_refunds(const json_t *body, struct arena *arena,
                                       struct payments_answer *answer) {
    return read_items(body, arena, read_refund, answer);
}

static enum object_result read_events(const json_t *body, struct arena *arena,
                                      struct payments_answer *answer) {
    const json_t *data = NULL;
    if (!read_page(body, answer, &data)) {
        return OBJECT_NOT_IT;
    }
    struct payments_event *events = arena_array(arena, json_array_size(data) + 1, sizeof *events);
    size_t count = 0;
    for (size_t i = 0; events != NULL && i < json_array_size(data); i++) {
        count += object_read_event(json_array_get(data, i), arena, &events[count]) == OBJECT_READ;
    }
    answer->events = events;
    answer->event_count = count;
    return OBJECT_READ;
}

static enum object_result read_preview(const json_t *body, struct arena *arena,
                                       struct payments_answer *answer) {
    enum object_result result = object_read_invoice(body, arena, &answer->preview);
    answer->has_preview = result == OBJECT_READ;
    return result;
}

static enum object_result read_schedule(const json_t *body, struct arena *arena,
                                        struct payments_answer *answer) {
    (void)arena;
    enum object_result result = object_read_schedule(body, &answer->schedule);
    answer->has_schedule = result == OBJECT_READ;
    return result;
}

static enum object_result read_coupon(const json_t *body, struct arena *arena,
                                      struct payments_answer *answer) {
    (void)arena;
    (void)answer;
    return object_is(body, "coupon") ? OBJECT_READ : OBJECT_NOT_IT;
}

/* With its invoice, when that was expanded. */
static enum object_result read_credit_note(const json_t *body, struct arena *arena,
                                           struct payments_answer *answer) {
    enum object_result result = object_read_credit_note(body, &answer->credit_note);
    answer->has_credit_note = result == OBJECT_READ;
    const json_t *invoice = json_at(body, "invoice");
    return result == OBJECT_READ && json_is_object(invoice) ? read_invoice(invoice, arena, answer)
                                                            : result;
}

/* A part of an answer as JSON text. */
static struct str text_of(const json_t *value, struct arena *arena) {
    size_t size = json_dumpb(value, NULL, 0, JSON_COMPACT);
    char *text = arena_array(arena, size + 1, 1);
    size_t written = text == NULL ? 0 : json_dumpb(value, text, size, JSON_COMPACT);
    return written == size ? str_of(text, size) : STR("");
}

/* Of what has no id of its own. */
static bool is_kind(const json_t *body, const char *kind) {
    return str_equal(json_text(body, "object"), str_from_cstr(kind));
}

static enum object_result read_transfer(const json_t *body, struct arena *arena,
                                        struct payments_answer *answer) {
    const json_t *addresses = json_at(body, "bank_transfer.financial_addresses");
    if (!is_kind(body, "funding_instructions") || !json_is_array(addresses)) {
        return OBJECT_NOT_IT;
    }
    answer->has_transfer = true;
    answer->transfer.currency = json_text(body, "currency");
    answer->transfer.addresses = text_of(addresses, arena);
    return OBJECT_READ;
}

static enum object_result read_cash(const json_t *body, struct arena *arena,
                                    struct payments_answer *answer) {
    if (!is_kind(body, "cash_balance")) {
        return OBJECT_NOT_IT;
    }
    const json_t *available = json_at(body, "available");
    answer->has_transfer = true;
    answer->transfer.customer_id = json_text(body, "customer");
    answer->transfer.available = json_is_object(available) ? text_of(available, arena) : STR("{}");
    return OBJECT_READ;
}

static enum object_result read_item(const json_t *body, struct arena *arena,
                                    struct payments_answer *answer) {
    (void)arena;
    (void)answer;
    return object_is(body, "invoiceitem") ? OBJECT_READ : OBJECT_NOT_IT;
}

/* Of what was deleted only the id is told. */
static enum object_result read_deleted(const json_t *body, struct arena *arena,
                                       struct payments_answer *answer) {
    (void)arena;
    (void)answer;
    return object_is(body, "invoice") && json_flag(body, "deleted", false) ? OBJECT_READ
                                                                           : OBJECT_NOT_IT;
}

static enum object_result read_tax_id(const json_t *body, struct arena *arena,
                                      struct payments_answer *answer) {
    (void)arena;
    (void)answer;
    return object_is(body, "tax_id") ? OBJECT_READ : OBJECT_NOT_IT;
}

/* One number as the API shows it; `verification` is null where the provider does not check. */
static json_t *tax_id_of(const json_t *object) {
    json_t *tax_id = json_object();
    static const struct {
        const char *name, *path;
    } members[] = {{"id", "id"},
                   {"type", "type"},
                   {"value", "value"},
                   {"country", "country"},
                   {"verification", "verification.status"}};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        struct str text = json_text(object, members[i].path);
        json_object_set_new(tax_id, members[i].name,
                            text.len > 0 ? json_stringn(text.bytes, text.len) : json_null());
    }
    return tax_id;
}

/* "/v1/customers/cus_1/tax_ids": whose list it is, also when it is empty. */
static struct str customer_of_url(struct str url) {
    const struct str before = STR("/v1/customers/");
    struct str rest = str_starts_with(url, before) ? str_skip(url, before.len) : STR("");
    return str_cut(&rest, '/');
}

static enum object_result read_tax_ids(const json_t *body, struct arena *arena,
                                       struct payments_answer *answer) {
    const json_t *data = json_at(body, "data");
    const json_t *object = NULL;
    size_t i = 0;
    answer->tax_ids.customer_id = customer_of_url(json_text(body, "url"));
    if (!json_is_array(data) || answer->tax_ids.customer_id.len == 0) {
        return OBJECT_NOT_IT;
    }
    CLEANUP(json_release) json_t *list = json_array();
    json_array_foreach(data, i, object) {
        json_array_append_new(list, tax_id_of(object));
    }
    answer->tax_ids.list = text_of(list, arena);
    answer->has_tax_ids = true;
    return OBJECT_READ;
}

static reader *const readers[] = {
    [PAYMENTS_CUSTOMER_CREATE] = read_customer,
    [PAYMENTS_PRICE_FIND] = read_price_list,
    [PAYMENTS_PRICE_CREATE] = read_price,
    [PAYMENTS_METHOD_ATTACH] = read_method,
    [PAYMENTS_METHOD_DEFAULT] = read_customer,
    [PAYMENTS_METHOD_DETACH] = read_method,
    [PAYMENTS_METHOD_READ] = read_method,
    [PAYMENTS_SETUP_OPEN] = read_session,
    [PAYMENTS_SUBSCRIPTION_CREATE] = read_subscription,
    [PAYMENTS_SUBSCRIPTION_CHANGE] = read_subscription,
    [PAYMENTS_SUBSCRIPTION_CANCEL] = read_subscription,
    [PAYMENTS_SUBSCRIPTION_END] = read_subscription,
    [PAYMENTS_SUBSCRIPTION_READ] = read_subscription,
    [PAYMENTS_INVOICE_READ] = read_invoice,
    [PAYMENTS_INVOICE_PAY] = read_invoice,
    [PAYMENTS_CUSTOMER_READ] = read_customer_object,
    [PAYMENTS_CHARGE_READ] = read_charge,
    [PAYMENTS_REFUND_READ] = read_refund,
    [PAYMENTS_CUSTOMER_LIST] = read_customers,
    [PAYMENTS_SUBSCRIPTION_LIST] = read_subscriptions,
    [PAYMENTS_INVOICE_LIST] = read_invoices,
    [PAYMENTS_CHARGE_LIST] = read_charges,
    [PAYMENTS_REFUND_LIST] = read_refunds,
    [PAYMENTS_EVENT_LIST] = read_events,
    [PAYMENTS_INVOICE_ADVANCE] = read_invoice,
    [PAYMENTS_INVOICE_GIVE_UP] = read_invoice,
    [PAYMENTS_DISPUTE_READ] = read_dispute,
    [PAYMENTS_INVOICE_VOID] = read_invoice,
    [PAYMENTS_INVOICE_PREVIEW] = read_preview,
    [PAYMENTS_SCHEDULE_CREATE] = read_schedule,
    [PAYMENTS_SCHEDULE_UPDATE] = read_schedule,
    [PAYMENTS_SCHEDULE_RELEASE] = read_schedule,
    [PAYMENTS_COUPON_CREATE] = read_coupon,
    [PAYMENTS_SUBSCRIPTION_DISCOUNT] = read_subscription,
    [PAYMENTS_CUSTOMER_UPDATE] = read_customer,
    [PAYMENTS_TRANSFER_ADDRESS] = read_transfer,
    [PAYMENTS_CASH_READ] = read_cash,
    [PAYMENTS_REFUND_CREATE] = read_refund,
    [PAYMENTS_CREDIT_NOTE_CREATE] = read_credit_note,
    [PAYMENTS_CREDIT_NOTE_READ] = read_credit_note,
    [PAYMENTS_TAX_ID_CREATE] = read_tax_id,
    [PAYMENTS_TAX_ID_DELETE] = read_tax_id,
    [PAYMENTS_TAX_ID_LIST] = read_tax_ids,
    [PAYMENTS_SUBSCRIPTION_COLLECT] = read_subscription,
    [PAYMENTS_SUBSCRIPTION_TRIAL] = read_subscription,
    [PAYMENTS_SUBSCRIPTION_PAUSE] = read_subscription,
    [PAYMENTS_SUBSCRIPTION_RESUME] = read_subscription,
    [PAYMENTS_CORRECTION_PREVIEW] = read_preview,
    [PAYMENTS_INVOICE_DRAFT] = read_invoice,
    [PAYMENTS_INVOICE_ITEM] = read_item,
    [PAYMENTS_DRAFT_READ] = read_invoice,
    [PAYMENTS_DRAFT_DELETE] = read_deleted,
    [PAYMENTS_INVOICE_FINALIZE] = read_invoice,
    [PAYMENTS_CREDIT_NOTE_MEMO] = read_credit_note,
    [PAYMENTS_SETUP_INTENT_CREATE] = read_setup_made,
    [PAYMENTS_SETUP_INTENT_READ] = read_setup_intent,
};
static_assert(ARRAY_LEN(readers) == PAYMENTS_KIND_COUNT, "every kind has its reader");

enum object_result answer_read(int64_t kind, const struct stripe_response *response,
                               struct arena *arena, struct payments_answer *answer) {
    answer->outcome = answer_outcome(response);
    if (answer->outcome != PAYMENTS_DONE) {
        answer_read_error(json_at(response->body, "error"), answer);
        return OBJECT_READ;
    }
    enum object_result result = readers[kind](response->body, arena, answer);
    if (result == OBJECT_NOT_IT) {
        *answer = (struct payments_answer){.outcome = PAYMENTS_UNKNOWN};
    } else if (result == OBJECT_UNKNOWN_VALUE) {
        answer->unreadable = json_text(response->body, "id");
    }
    return result;
}
