#include "app/appearance.h"

#include "app/audit.h"
#include "base/check.h"
#include "core/appearance.h"
#include "store/appearance.h"
#include "store/customer.h"
#include "store/person.h"

/* False, with the outcome, when there is no such person. */
static struct err find_person(struct tx *tx, struct command *command, struct str person_id,
                              bool *ret_found) {
    struct person_row person;
    TRY(person_get(tx, person_id, &person, ret_found));
    command->outcome = *ret_found ? command->outcome : OUTCOME_PERSON_NOT_FOUND;
    return OK;
}

static struct err run_choose(struct command *command, struct tx *tx) {
    struct appearance_choose *choose = (struct appearance_choose *)command;
    bool is_found = false;
    TRY(find_person(tx, command, choose->person_id, &is_found));
    if (!is_found) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = choose->person_id});
    return appearance_put(tx, choose->person_id, choose->scheme);
}

void appearance_choose(struct app *app, struct appearance_choose *choose) {
    choose->command.run = run_choose;
    choose->command.after = NULL;
    command_submit(app, &choose->command);
}

struct err appearance_read(struct tx *tx, struct str person_id, struct str *ret_scheme) {
    struct appearance_row row = {.scheme = STR("system")};
    bool is_found = false;
    TRY(appearance_get(tx, person_id, &row, &is_found));
    *ret_scheme = is_found ? row.scheme : STR("system");
    return OK;
}

/* --- language, locale, zone, weekday --- */

struct err appearance_settings_read(struct tx *tx, struct str person_id,
                                    struct appearance_settings *ret_settings) {
    struct appearance_row row;
    bool is_found = false;
    TRY(appearance_get(tx, person_id, &row, &is_found));
    *ret_settings = (struct appearance_settings){STR(""), STR(""), STR(""), 0};
    if (is_found) {
        *ret_settings = (struct appearance_settings){row.language, row.locale, row.time_zone,
                                                     row.first_weekday};
    }
    return OK;
}

static struct str facts_of(struct cx *cx, const struct appearance_settings *settings) {
    struct str weekday = arena_printf(cx->arena, "%d", (int)settings->first_weekday);
    return AUDIT_FACTS(
        cx, AUDIT_TEXT("firstWeekday", weekday), AUDIT_TEXT("language", settings->language),
        AUDIT_TEXT("locale", settings->locale), AUDIT_TEXT("timeZone", settings->time_zone));
}

static struct err run_settle(struct command *command, struct tx *tx) {
    struct appearance_settle *settle = (struct appearance_settle *)command;
    const struct appearance_settings *after = &settle->settings;
    struct appearance_settings before;
    bool is_found = false;
    TRY(find_person(tx, command, settle->person_id, &is_found));
    if (!is_found) {
        return OK;
    }
    TRY(appearance_settings_read(tx, settle->person_id, &before));
    audit_say(tx, &(struct audit_said){.object = settle->person_id,
                                       .before = facts_of(tx->cx, &before),
                                       .after = facts_of(tx->cx, after)});
    return appearance_put_settings(tx,
                                   &(struct appearance_row){.person_id = settle->person_id,
                                                            .scheme = STR("system"),
                                                            .language = after->language,
                                                            .locale = after->locale,
                                                            .time_zone = after->time_zone,
                                                            .first_weekday = after->first_weekday});
}

void appearance_settle(struct app *app, struct appearance_settle *settle) {
    settle->command.run = run_settle;
    settle->command.after = NULL;
    command_submit(app, &settle->command);
}

struct err appearance_in_force(struct tx *tx, struct str person_id, struct str user_id,
                               struct appearance_settings *ret_settings) {
    struct appearance_settings settings;
    struct customer_row customer;
    bool is_found = false;
    TRY(appearance_settings_read(tx, person_id, &settings));
    if (settings.time_zone.len == 0 && user_id.len > 0) {
        TRY(customer_get(tx, user_id, &customer, &is_found));
        settings.time_zone = is_found ? customer.time_zone : STR("");
    }
    int locale = appearance_locale_find(settings.locale);
    if (settings.language.len == 0 && locale >= 0) {
        settings.language = str_from_cstr(language_name(appearance_language(locale)));
    }
    if (settings.first_weekday == 0) {
        settings.first_weekday = locale >= 0 ? appearance_first_weekday(locale) : WEEKDAY_MONDAY;
    }
    check(settings.first_weekday >= WEEKDAY_MONDAY);
    check(settings.first_weekday <= WEEKDAY_SUNDAY);
    *ret_settings = settings;
    return OK;
}
