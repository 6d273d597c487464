#include "stripe/form.h"

#include "base/url.h"

static void begin(struct buf *form, const char *name) {
    if (form->len > 0) {
        buf_add_char(form, '&');
    }
    url_encode(form, str_from_cstr(name));
    buf_add_char(form, '=');
}

void form_add_text(struct buf *form, const char *name, struct str value) {
    begin(form, name);
    url_encode(form, value);
}

void form_add_i64(struct buf *form, const char *name, int64_t value) {
    begin(form, name);
    buf_add_i64(form, value);
}

void form_add_bool(struct buf *form, const char *name, bool value) {
    begin(form, name);
    buf_add(form, value ? STR("true") : STR("false"));
}
