/* Customers, as the platform's backend makes them known. */
#include "api/resources.h"

#include "app/customer.h"
#include "app/zone_file.h"

/* --- as shown --- */

struct customer_out {
    struct str user_id, email, name, country, currency, language, time_zone;
    int64_t created_at;
};

#define AT(member) offsetof(struct customer_out, member)
static const struct shape_field customer_fields[] = {
    {"userId", "The platform's", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"email", "Where bills go", SHAPE_STR, .offset = AT(email), .max = LIMIT_EMAIL},
    {"name", "Of a person or a company", SHAPE_STR, .offset = AT(name), .max = LIMIT_NAME},
    {"country", "ISO 3166", SHAPE_STR, .offset = AT(country), .max = 2, .flags = SHAPE_NULLABLE},
    {"currency", "What they pay in", SHAPE_STR, .offset = AT(currency), .max = 3},
    {"language", "Of their mails; null: English", SHAPE_STR, .offset = AT(language), .max = 2,
     .flags = SHAPE_NULLABLE},
    {"timeZone", "Where their mornings are; null: UTC", SHAPE_STR, .offset = AT(time_zone),
     .max = LIMIT_TIME_ZONE, .flags = SHAPE_NULLABLE},
    {"createdAt", "When they became known", SHAPE_INSTANT, .offset = AT(created_at)},
};
#undef AT
const struct shape customer_shape =
    SHAPE("Customer", "The billed party", struct customer_out, customer_fields);
static const struct shape_field customer_item = {.kind = SHAPE_OBJECT, .of = &customer_shape};

static const struct shape_field customers_fields[] = {
    {"data", "By userId", SHAPE_LIST, .offset = offsetof(struct page, data), .max = LIMIT_PAGE,
     .item = &customer_item, .item_size = sizeof(struct customer_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape customers_shape =
    SHAPE("Customers", "A page of customers", struct page, customers_fields);

static struct customer_out customer_out_of(const struct customer_row *row) {
    return (struct customer_out){
        .user_id = row->user_id,
        .email = row->email,
        .name = row->name,
        .country = text_or_null(row->country),
        .currency = row->currency,
        .language = text_or_null(row->language),
        .time_zone = text_or_null(row->time_zone),
        .created_at = row->created_at,
    };
}

static void reply_customer(struct api_request *request, int status, struct str user_id) {
    struct tx tx = request_read(request);
    struct customer_row row;
    bool is_found = false;
    if (reply_if_failed(request, customer_read(&tx, user_id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    struct customer_out out = customer_out_of(&row);
    reply_value(request, status, &customer_shape, &out);
}

bool has_customer(struct api_request *request) {
    if (gate_is_known(gate_customer(request->api->app->gate, request->user_id))) {
        return true; /* whose row was read or committed before */
    }
    struct tx tx = request_read(request);
    struct customer_row row;
    bool is_found = false;
    if (reply_if_failed(request, customer_read(&tx, request->user_id, &row, &is_found))) {
        return false;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
    }
    return is_found;
}

void customers_get(struct api_request *request) {
    reply_customer(request, 200, request->values[0]);
}

void customers_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, customers_read(&tx, query == NULL ? STR("") : query->cursor,
                                                size + 1, &list))) {
        return;
    }
    const struct customer_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct customer_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = customer_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = rows[size - 1].user_id;
    }
    reply_value(request, 200, &customers_shape, &page);
}

/* --- made known --- */

struct create_in {
    struct str user_id, email, name, country, currency, time_zone;
    int language;
    bool has_language;
};

static const char *const languages[] = {"en", "de", NULL}; /* as core/locale.h speaks */

#define AT(member) offsetof(struct create_in, member)
static const struct shape_field create_fields[] = {
    {"userId", "The platform's own identifier", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN},
    {"email", "Where bills go", SHAPE_STR, .offset = AT(email), .min = 3, .max = LIMIT_EMAIL,
     .flags = SHAPE_PERSONAL},
    {"name", "Of a person or a company", SHAPE_STR, .offset = AT(name), .min = 1, .max = LIMIT_NAME,
     .flags = SHAPE_PERSONAL | SHAPE_IN_CHARACTERS},
    {"country", "ISO 3166: two upper-case letters", SHAPE_STR, .offset = AT(country), .min = 2,
     .max = 2, .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", .flags = SHAPE_OPTIONAL},
    {"currency", "ISO 4217 in lower case; the catalogue's when not given", SHAPE_STR,
     .offset = AT(currency), .min = 3, .max = 3, .allowed = "abcdefghijklmnopqrstuvwxyz",
     .flags = SHAPE_OPTIONAL},
    {"language", "Of their mails", SHAPE_ENUM, .offset = AT(language), .names = languages,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_language)},
    {"timeZone",
     "A name of the tz database, such as Europe/Berlin: reminders wait for their morning",
     SHAPE_STR, .offset = AT(time_zone), .min = 1, .max = LIMIT_TIME_ZONE, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape customer_create_shape =
    SHAPE("CustomerCreate", "A customer to be made known", struct create_in, create_fields);

struct create_in_hand {
    struct customer_create create; /* first: `done` hands it back */
    struct api_request *request;
};

static void created(struct command *command) {
    struct create_in_hand *hand = (struct create_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED || command->outcome == OUTCOME_DONE) {
        reply_customer(hand->request, command->outcome == OUTCOME_CREATED ? 201 : 200,
                       hand->create.user_id);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

/* One @ with something on both sides: whether mail arrives, only mail can tell. */
static bool is_email(struct str text) {
    size_t at = str_find(text, '@');
    struct str domain = str_skip(text, at + 1);
    return at > 0 && domain.len > 0 && str_find(domain, '@') == domain.len &&
           str_find(text, ' ') == text.len;
}

static void judge_zone(struct api_request *request, struct str zone, struct shape_errors *errors) {
    struct tx tx = request_read(request);
    if (zone.len > 0 && !zone_file_is_known(tx.cx, zone)) {
        shape_error_add(errors, request->arena, "/timeZone",
                        "a name of the tz database, such as Europe/Berlin");
    }
}

/* What a shape cannot say; answered when it is not so. */
static bool is_sound(struct api_request *request, const struct create_in *in) {
    struct shape_errors errors = {.count = 0};
    if (!is_email(in->email)) {
        shape_error_add(&errors, request->arena, "/email", "an address such as ada@example.com");
    }
    judge_zone(request, in->time_zone, &errors);
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    }
    return errors.count == 0;
}

void customers_create(struct api_request *request) {
    const struct create_in *in = request->body;
    struct create_in_hand *hand = ARENA_NEW(request->arena, struct create_in_hand);
    if (!is_sound(request, in)) {
        return;
    }
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->create.user_id = in->user_id;
    hand->create.email = in->email;
    hand->create.name = in->name;
    hand->create.country = in->country;
    hand->create.language = str_from_cstr(in->has_language ? languages[in->language] : "");
    hand->create.currency = in->currency;
    hand->create.time_zone = in->time_zone;
    hand->create.command.done = created;
    customer_create(request->api->app, &hand->create);
}

/* --- how they are written to --- */

struct preferences_in {
    struct str time_zone;
    int language;
    bool has_language;
};

#define AT(member) offsetof(struct preferences_in, member)
static const struct shape_field preferences_fields[] = {
    {"language", "Of their mails; null: English", SHAPE_ENUM, .offset = AT(language),
     .names = languages, .flags = SHAPE_NULLABLE, .is_set = AT(has_language)},
    {"timeZone", "A name of the tz database, such as Europe/Berlin; null: UTC", SHAPE_STR,
     .offset = AT(time_zone), .min = 1, .max = LIMIT_TIME_ZONE, .allowed = TEXT_TOKEN,
     .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape customer_preferences_shape =
    SHAPE("CustomerPreferences", "How a customer is written to", struct preferences_in,
          preferences_fields);

struct preferences_in_hand {
    struct customer_prefer prefer; /* first: `done` hands it back */
    struct api_request *request;
};

static void preferred(struct command *command) {
    struct preferences_in_hand *hand = (struct preferences_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_customer(hand->request, 200, hand->prefer.user_id);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void customers_prefer(struct api_request *request) {
    const struct preferences_in *in = request->body;
    struct preferences_in_hand *hand = ARENA_NEW(request->arena, struct preferences_in_hand);
    struct shape_errors errors = {.count = 0};
    judge_zone(request, in->time_zone, &errors);
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->prefer.user_id = request->values[0];
    hand->prefer.language = str_from_cstr(in->has_language ? languages[in->language] : "");
    hand->prefer.time_zone = in->time_zone;
    hand->prefer.command.done = preferred;
    customer_prefer(request->api->app, &hand->prefer);
}
