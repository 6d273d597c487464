/* /api/me/settings: in which language, locale and time zone pages are written for a person, and on
 * which weekday their week begins. */
#include "api/appearance.h"

#include "app/appearance.h"
#include "app/customer.h"
#include "app/zone_file.h"
#include "core/appearance.h"

static const char *const languages[] = {"en", "de", NULL}; /* as core/locale.h speaks */

struct settings_out {
    struct str language, locale, time_zone, account_zone;
    int64_t first_weekday;
    bool has_weekday;
    struct shape_list locales;
};

#define AT(member) offsetof(struct settings_out, member)
static const struct shape_field locale_item = {.kind = SHAPE_STR, .max = 16};
static const struct shape_field out_fields[] = {
    {"language", "Of the pages; null: as the browser says", SHAPE_STR, .offset = AT(language),
     .max = 2, .flags = SHAPE_NULLABLE},
    {"locale", "How dates and numbers are written; null: as the browser says", SHAPE_STR,
     .offset = AT(locale), .max = 16, .flags = SHAPE_NULLABLE},
    {"timeZone", "A name of the tz database; null: the account's", SHAPE_STR,
     .offset = AT(time_zone), .max = LIMIT_TIME_ZONE, .flags = SHAPE_NULLABLE},
    {"firstWeekday", "1 is Monday, 7 Sunday; null: as in the locale", SHAPE_I64,
     .offset = AT(first_weekday), .flags = SHAPE_NULLABLE, .is_set = AT(has_weekday)},
    {"accountTimeZone", "The customer's; null: UTC, or who is signed in acts for none", SHAPE_STR,
     .offset = AT(account_zone), .max = LIMIT_TIME_ZONE, .flags = SHAPE_NULLABLE},
    {"locales", "That may be chosen", SHAPE_LIST, .offset = AT(locales), .max = 100,
     .item = &locale_item, .item_size = sizeof(struct str)},
};
#undef AT
const struct shape person_settings_shape =
    SHAPE("PersonSettings", "How pages are written for somebody", struct settings_out, out_fields);

struct settings_in {
    int language, locale;
    struct str time_zone;
    int64_t first_weekday;
    bool has_language, has_locale, has_weekday;
};
#define AT(member) offsetof(struct settings_in, member)
static const struct shape_field in_fields[] = {
    {"language", "Of the pages; null: as the browser says", SHAPE_ENUM, .offset = AT(language),
     .names = languages, .flags = SHAPE_NULLABLE, .is_set = AT(has_language)},
    {"locale", "How dates and numbers are written, in the language; null: as the browser says",
     SHAPE_ENUM, .offset = AT(locale), .names = appearance_locales, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_locale)},
    {"timeZone", "A name of the tz database; null: the account's", SHAPE_STR,
     .offset = AT(time_zone), .min = 1, .max = LIMIT_TIME_ZONE, .flags = SHAPE_NULLABLE},
    {"firstWeekday", "1 is Monday, 7 Sunday; null: as in the locale", SHAPE_I64,
     .offset = AT(first_weekday), .min = WEEKDAY_MONDAY, .max = WEEKDAY_SUNDAY,
     .flags = SHAPE_NULLABLE, .is_set = AT(has_weekday)},
};
#undef AT
const struct shape person_settings_in_shape =
    SHAPE("PersonSettingsIn", "How pages shall be written", struct settings_in, in_fields);

static struct shape_list locales_of(struct arena *arena) {
    enum { MAX = 100 };
    struct str *tags = arena_array(arena, MAX, sizeof *tags);
    size_t count = 0;
    for (; tags != NULL && count < MAX && appearance_locales[count] != NULL; count++) {
        tags[count] = str_from_cstr(appearance_locales[count]);
    }
    return (struct shape_list){tags, count};
}

static struct err read_zone(struct tx *tx, struct str user_id, struct str *ret_zone) {
    struct customer_row customer;
    bool is_found = false;
    *ret_zone = STR("");
    if (user_id.len > 0) {
        TRY(customer_read(tx, user_id, &customer, &is_found));
        *ret_zone = is_found ? customer.time_zone : STR("");
    }
    return OK;
}

void person_settings_show(struct api_request *request) {
    struct tx tx = request_read(request);
    struct appearance_settings settings;
    struct str zone;
    if (reply_if_failed(request,
                        appearance_settings_read(&tx, request->session.person_id, &settings)) ||
        reply_if_failed(request, read_zone(&tx, request->user_id, &zone))) {
        return;
    }
    struct settings_out out = {
        .language = text_or_null(settings.language),
        .locale = text_or_null(settings.locale),
        .time_zone = text_or_null(settings.time_zone),
        .account_zone = text_or_null(zone),
        .first_weekday = settings.first_weekday,
        .has_weekday = settings.first_weekday > 0,
        .locales = locales_of(request->arena),
    };
    reply_value(request, 200, &person_settings_shape, &out);
}

struct settle_in_hand {
    struct appearance_settle settle; /* first: `done` hands it back */
    struct api_request *request;
};

static void settled(struct command *command) {
    struct api_request *request = ((struct settle_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        person_settings_show(request);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

/* What a shape cannot say; answered when it is not so. */
static bool is_sound(struct api_request *request, const struct settings_in *in) {
    struct shape_errors errors = {.count = 0};
    struct tx tx = request_read(request);
    if (in->has_locale && in->has_language &&
        !str_starts_with(str_from_cstr(appearance_locales[in->locale]),
                         str_from_cstr(languages[in->language]))) {
        shape_error_add(&errors, request->arena, "/locale",
                        "a locale of the language, such as en-GB of en");
    }
    if (in->time_zone.len > 0 &&
        (!appearance_zone_fits(in->time_zone) || !zone_file_is_known(tx.cx, in->time_zone))) {
        shape_error_add(&errors, request->arena, "/timeZone",
                        "a name of the tz database, such as Europe/Berlin");
    }
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    }
    return errors.count == 0;
}

void person_settings_set(struct api_request *request) {
    const struct settings_in *in = request->body;
    struct settle_in_hand *hand = ARENA_NEW(request->arena, struct settle_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!is_sound(request, in)) {
        return;
    }
    hand->request = request;
    hand->settle.person_id = request->session.person_id;
    hand->settle.settings = (struct appearance_settings){
        .language = str_from_cstr(in->has_language ? languages[in->language] : ""),
        .locale = str_from_cstr(in->has_locale ? appearance_locales[in->locale] : ""),
        .time_zone = in->time_zone,
        .first_weekday = in->has_weekday ? in->first_weekday : 0,
    };
    hand->settle.command.done = settled;
    appearance_settle(request->api->app, &hand->settle);
}
