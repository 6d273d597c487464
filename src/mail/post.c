/* A mail's way out: the row becomes a message, and the message goes to the mail server. */
#include "base/check.h"
#include "mail/message.h"
#include "mail/office.h"

enum { PARCEL_MEMORY_MAX = 256 * 1024, MESSAGE_MAX = 128 * 1024 };

static_assert((int)MAIL_HEADERS_MAX == (int)MESSAGE_HEADERS_MAX, "as many as the port promises");

static struct mail_message message_of(const struct mail_office *office, struct cx *cx,
                                      const struct mail_row *row, struct str unsubscribe_path) {
    return (struct mail_message){
        .from = office->from,
        .to = {row->name, row->address},
        .id = id_str(&row->id),
        .thread = row->thread,
        .kind = row->kind,
        .language = row->language,
        .subject = row->subject,
        .text = row->text_body,
        .html = row->html_body,
        .unsubscribe_url = unsubscribe_path.len == 0
                               ? STR("")
                               : arena_printf(cx->arena, STR_FMT STR_FMT, STR_ARG(office->base_url),
                                              STR_ARG(unsubscribe_path)),
        .written_at = row->created_at,
    };
}

struct err post_headers(struct mailer *mailer, struct cx *cx, const struct mail_row *row,
                        struct str unsubscribe_path, struct mail_headers *ret_headers) {
    struct mail_office *office = (struct mail_office *)mailer;
    struct mail_message message = message_of(office, cx, row, unsubscribe_path);
    return message_headers(cx, &message, ret_headers->lines, &ret_headers->count);
}

/* One mail from post_send to its callback. */
struct parcel {
    struct mail_office *office;
    struct arena arena;
    struct buf bytes;
    mail_done *done;
    void *context;
};

static enum mail_result result_of(enum smtp_result result) {
    switch (result) {
    case SMTP_TAKEN:
        return MAIL_RESULT_TAKEN;
    case SMTP_LATER:
        return MAIL_RESULT_LATER;
    case SMTP_BAD_ADDRESS:
        return MAIL_RESULT_BAD_ADDRESS;
    case SMTP_REFUSED:
        return MAIL_RESULT_REFUSED;
    }
    check(false);
    return MAIL_RESULT_LATER;
}

static void answered(void *context, const struct smtp_answer *answer) {
    struct parcel *parcel = context;
    struct env *env = parcel->office->env;
    parcel->done(parcel->context, result_of(answer->result), answer->words);
    buf_finish(&parcel->bytes);
    arena_finish(&parcel->arena);
    env_free(env, parcel);
}

void post_send(struct mailer *mailer, const struct mail_row *row, struct str unsubscribe_path,
               mail_done *done, void *context) {
    struct mail_office *office = (struct mail_office *)mailer;
    struct parcel *parcel = env_alloc(office->env, sizeof *parcel);
    check(office->smtp != NULL && parcel != NULL);
    *parcel = (struct parcel){.office = office, .done = done, .context = context};
    arena_init(&parcel->arena, office->env, PARCEL_MEMORY_MAX);
    buf_init(&parcel->bytes, office->env, MESSAGE_MAX);
    struct cx cx;
    cx_init(&cx, office->env, &parcel->arena);
    struct mail_message message = message_of(office, &cx, row, unsubscribe_path);
    struct err err = message_write(&cx, &message, &parcel->bytes);
    struct smtp_message letter = {
        .from = office->from.address,
        .to = arena_str(&parcel->arena, row->address),
        .bytes = err_failed(err) ? STR("") : buf_str(&parcel->bytes),
    };
    smtp_send(office->smtp, &letter, answered, parcel);
}
