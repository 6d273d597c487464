#include "app/mail_values.h"

#include "base/limits.h"
#include "base/rfc3339.h"

void mail_values_begin(struct mail_values *values, struct cx *cx) {
    values->cx = cx;
    buf_init(&values->buf, cx->env, LIMIT_BODY);
    json_writer_init(&values->out, &values->buf);
    json_open_object(&values->out);
}

void mail_values_str(struct mail_values *values, const char *name, struct str value) {
    if (value.len > 0) {
        json_member_str(&values->out, name, value);
    }
}

void mail_values_i64(struct mail_values *values, const char *name, int64_t value) {
    json_member_i64(&values->out, name, value);
}

void mail_values_flag(struct mail_values *values, const char *name, bool value) {
    json_member_bool(&values->out, name, value);
}

void mail_values_time(struct mail_values *values, const char *name, int64_t ms) {
    char text[RFC3339_SIZE];
    if (ms != INT64_MIN) {
        rfc3339_format(ms, text);
        json_member_cstr(&values->out, name, text);
    }
}

struct str mail_values_end(struct mail_values *values) {
    json_close_object(&values->out);
    return buf_finish_in(&values->buf, values->cx->arena);
}
