/* The values of a mail, written member by member: what mail_order() takes.
 *
 *     struct mail_values values;
 *     mail_values_begin(&values, tx->cx);
 *     mail_values_str(&values, "invoiceNumber", row->number);
 *     mail_values_i64(&values, "amount", row->amount);
 *     order.values = mail_values_end(&values); */
#ifndef APP_MAIL_VALUES_H
#define APP_MAIL_VALUES_H

#include "base/cx.h"
#include "base/json.h"

struct mail_values {
    struct cx *cx;
    struct buf buf;
    struct json_writer out;
};

void mail_values_begin(struct mail_values *values, struct cx *cx);
/* Empty text is an absent value. */
void mail_values_str(struct mail_values *values, const char *name, struct str value);
void mail_values_i64(struct mail_values *values, const char *name, int64_t value);
void mail_values_flag(struct mail_values *values, const char *name, bool value);
/* An instant in milliseconds; INT64_MIN (ROW_NONE) is an absent value. */
void mail_values_time(struct mail_values *values, const char *name, int64_t ms);
/* The object, in the cx's arena; the values are used up. */
struct str mail_values_end(struct mail_values *values);

#endif
