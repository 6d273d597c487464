#include "app/mail_hours.h"

#include "app/zone_file.h"
#include "core/zone.h"
#include "store/customer.h"

struct err mail_hours_rest(struct tx *tx, struct str user_id, struct instant before,
                           struct duration *ret_rest) {
    struct customer_row customer;
    bool is_found = false;
    struct instant now = {cx_now_ms(tx->cx)};
    TRY(customer_get(tx, user_id, &customer, &is_found));
    struct str file = is_found ? zone_file(tx->cx, customer.time_zone) : STR("");
    *ret_rest = instant_difference(zone_office_hour(file, now, before), now);
    return OK;
}
