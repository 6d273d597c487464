/* What a customer wants no mails of. The link in a mail says who and of what, signed, so that it
 * works without signing in, for nobody else, and for as long as the mail is kept (RFC 8058). */
#ifndef APP_MAIL_OPTOUT_H
#define APP_MAIL_OPTOUT_H

#include "app/mail.h"

/* "/unsubscribe/<token>", in the arena; empty when the kind is due to everybody. */
struct str mail_unsubscribe_path(const struct app *app, struct arena *arena, struct str user_id,
                                 enum mail_kind kind);

/* What a token says; false when it was not signed here. */
MUST_USE bool mail_unsubscribe_read(const struct app *app, struct arena *arena, struct str token,
                                    struct str *ret_user_id, enum mail_kind *ret_kind);

/* From now on no mails of the kind. DONE, also when it was so before; LINK_INVALID. */
struct mail_unsubscribe {
    struct command command;
    struct str token;
};
void mail_unsubscribe(struct app *app, struct mail_unsubscribe *unsubscribe);

#endif
