#include "app/mail_hours.h"

#include "core/zone.h"
#include "store/customer.h"

#define ZONES "/usr/share/zoneinfo/"

enum { ZONE_FILE_MAX = 64 * 1024 };

struct str mail_zone_file(struct cx *cx, struct str name) {
    struct str content;
    if (!zone_name_is_valid(name)) {
        return STR("");
    }
    struct str path = arena_printf(cx->arena, ZONES STR_FMT, STR_ARG(name));
    if (arena_failed(cx->arena) ||
        err_failed(env_read_file(cx->env, path.bytes, ZONE_FILE_MAX, &content))) {
        return STR("");
    }
    struct str kept = arena_str(cx->arena, content);
    env_free(cx->env, (char *)(uintptr_t)content.bytes);
    return kept;
}

bool mail_zone_is_known(struct cx *cx, struct str name) {
    return zone_file_is_valid(mail_zone_file(cx, name));
}

struct err mail_hours_rest(struct tx *tx, struct str user_id, struct instant before,
                           struct duration *ret_rest) {
    struct customer_row customer;
    bool is_found = false;
    struct instant now = {cx_now_ms(tx->cx)};
    TRY(customer_get(tx, user_id, &customer, &is_found));
    struct str file = is_found ? mail_zone_file(tx->cx, customer.time_zone) : STR("");
    *ret_rest = instant_difference(zone_office_hour(file, now, before), now);
    return OK;
}
