/* Mails to customers. A use case orders one inside its transaction, by the fact that it tells; the
 * text is made there and then from the facts, so that what was decided is what is read. Sending
 * comes later, by jobs/mail.c through the port below.
 *
 *     struct mail_order order = {
 *         .user_id = row->user_id,
 *         .kind = MAIL_KIND_PAYMENT_FAILED,
 *         .dedupe_key = arena_printf(arena, "payment_failed:%s:1", row->id.text),
 *         .values = STR("{\"amount\":2900,\"currency\":\"usd\"}"),
 *     };
 *     TRY(mail_order(app, tx, &order)); */
#ifndef APP_MAIL_H
#define APP_MAIL_H

#include "app/app.h"
#include "app/mail_kind.h"
#include "store/mail.h"

const char *mail_kind_name(enum mail_kind kind);
MUST_USE bool mail_kind_parse(struct str word, enum mail_kind *ret_kind);
/* The customer may be spared it. */
bool mail_kind_is_optional(enum mail_kind kind);
/* It asks for money: pointless once the invoice is paid. */
bool mail_kind_is_owed(enum mail_kind kind);

/* By who may be spared it, and to whom it goes: mail_kind.h says what each is. */
enum mail_class {
    MAIL_CLASS_DUE,
    MAIL_CLASS_OWED,
    MAIL_CLASS_OPTIONAL,
    MAIL_CLASS_PERSONAL,
    MAIL_CLASS_ALERT,
    MAIL_CLASS_COUNT
};
enum mail_class mail_kind_class(enum mail_kind kind);

/* It goes to one person, whom the order names. */
bool mail_kind_is_personal(enum mail_kind kind);
/* It goes to the operators. */
bool mail_kind_is_alert(enum mail_kind kind);

struct mail_order {
    struct str user_id; /* whom it is about, and to whom it goes unless it is an alert */
    enum mail_kind kind;
    struct str
        dedupe_key;    /* names the fact: "receipt:invo_…"; at most one mail of a customer each */
    struct str values; /* a JSON object, as mail_kind.h says of the kind */
    struct duration rest; /* before it is sent; 0 as a rule */
    /* Of a personal one: to whom, and in which language; empty is English. */
    struct str address, name, language;
};
/* ERR_FORMAT, with a sentence, when the values are not those of the kind; ERR_NOT_FOUND for an
 * unknown customer. */
MUST_USE struct err mail_order(struct app *app, struct tx *tx, const struct mail_order *order);

/* --- the local outbox: what was written, for operators --- */

/* The newest first, without bodies; items are struct mail_row. */
MUST_USE struct err mails_read(struct tx *tx, const struct mail_filter *filter, size_t max,
                               struct row_list *ret_list);
MUST_USE struct err mail_read(struct tx *tx, struct str id, struct mail_row *ret_row,
                              bool *ret_found);

enum { MAIL_HEADERS_MAX = 20 };
struct mail_headers {
    struct str lines[MAIL_HEADERS_MAX]; /* "Message-ID: <…>", not folded */
    size_t count;
};
/* The headers of a mail as they go out, in the cx's arena; none when there is no mailer. */
MUST_USE struct err mail_headers_read(struct app *app, struct cx *cx, const struct mail_row *row,
                                      struct mail_headers *ret_headers);

/* Queues once more what failed, was suppressed, or stayed here for want of a server; the address
 * may be written to again. DONE, MAIL_NOT_FOUND, MAIL_NOT_RETRYABLE, MAIL_SERVER_MISSING. */
struct mail_retry {
    struct command command;
    struct str id;
};
void mail_retry(struct app *app, struct mail_retry *retry);

/* --- the port: how a mail reads, and its way out (src/mail) --- */

/* What a mail is written from. */
struct mail_draft {
    enum mail_kind kind;
    struct str language, name;
    struct str values;
    struct str unsubscribe_path; /* "/unsubscribe/…"; empty when it cannot be unsubscribed from */
};

struct mail_content {
    struct str subject, text, html;
};

enum mail_result {
    MAIL_RESULT_TAKEN,
    MAIL_RESULT_LATER,       /* not taken, or nobody knows: once more */
    MAIL_RESULT_BAD_ADDRESS, /* nobody is there, for good */
    MAIL_RESULT_REFUSED,     /* the mail itself was refused, for good */
};
/* `words`: what the mail server said; valid in the callback only. */
typedef void mail_done(void *context, enum mail_result result, struct str words);

struct mailer {
    bool sends;           /* false: no mail server is set; mails stay in the local outbox */
    struct str alerts_to; /* the operators' address; empty: alerts stay in the local outbox */
    struct str alerts_language;
    /* Pure. ERR_FORMAT as mail_order(). */
    struct err (*render)(struct mailer *mailer, struct cx *cx, const struct mail_draft *draft,
                         struct mail_content *ret_content);
    /* Values by which a mail of the kind is looked at, made up, in the cx's arena. */
    struct str (*sample)(struct mailer *mailer, struct cx *cx, enum mail_kind kind);
    /* The header lines of a mail. */
    struct err (*headers)(struct mailer *mailer, struct cx *cx, const struct mail_row *row,
                          struct str unsubscribe_path, struct mail_headers *ret_headers);
    /* Gives it to the mail server, and calls `done` exactly once, later, on the loop's thread. The
     * row is borrowed until this returns. */
    void (*send)(struct mailer *mailer, const struct mail_row *row, struct str unsubscribe_path,
                 mail_done *done, void *context);
};

#endif
